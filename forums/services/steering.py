"""What facilitators make of a thread: pinned, closed, shown on home, answered before it is read."""

from django.db import transaction
from django.utils import timezone

from cohort import audit
from cohort.models import Membership
from forums import ringing
from forums.models import Thread


def pin_thread(*, thread: Thread, by: Membership | None = None) -> None:
    """Keep a thread at the top of its lists."""
    _begin("pinned_at", thread, by, "thread.pinned")


def unpin_thread(*, thread: Thread, by: Membership | None = None) -> None:
    _end("pinned_at", thread, by, "thread.unpinned")


def close_thread(*, thread: Thread, by: Membership | None = None) -> None:
    """End a thread: everybody reads it, nobody replies."""
    _begin("closed_at", thread, by, "thread.closed")


def reopen_thread(*, thread: Thread, by: Membership | None = None) -> None:
    _end("closed_at", thread, by, "thread.reopened")
    ringing.readers_changed(thread.pk)


def feature_thread(*, thread: Thread, by: Membership | None = None) -> None:
    """Show a thread on the home of everybody who may read it."""
    _begin("featured_at", thread, by, "thread.featured")


def unfeature_thread(*, thread: Thread, by: Membership | None = None) -> None:
    _end("featured_at", thread, by, "thread.unfeatured")


@transaction.atomic
def ask_answers_first(*, thread: Thread, by: Membership | None = None) -> None:
    """Close the replies to whoever has not written their own; open pages look anew."""
    if Thread.objects.filter(pk=thread.pk, answers_first=False).update(answers_first=True):
        _record("thread.answers_first_asked", thread, by)
        ringing.readers_changed(thread.pk)


@transaction.atomic
def open_answers(*, thread: Thread, by: Membership | None = None) -> None:
    """Let everybody read the replies, whether they wrote or not."""
    if Thread.objects.filter(pk=thread.pk, answers_first=True).update(answers_first=False):
        _record("thread.answers_first_ended", thread, by)


@transaction.atomic
def _begin(state: str, thread: Thread, by: Membership | None, action: str) -> None:
    """Note since when it holds, and who said so, unless it holds already."""
    before = Thread.objects.filter(pk=thread.pk, **{state: None})
    if before.update(**{state: timezone.now()}):
        _record(action, thread, by)


@transaction.atomic
def _end(state: str, thread: Thread, by: Membership | None, action: str) -> None:
    if Thread.objects.filter(pk=thread.pk).exclude(**{state: None}).update(**{state: None}):
        _record(action, thread, by)


def _record(action: str, thread: Thread, by: Membership | None) -> None:
    audit.record(action, subject=thread, actor=by, cohort=thread.cohort, thread=thread.pk)
