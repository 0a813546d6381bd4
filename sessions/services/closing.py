"""Closing a session out: its record is written, and everybody it was for hears of it, once."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.utils import timezone

from cohort import audit, richtext
from cohort.models import Membership
from resources.models import Resource
from sessions import live, notices
from sessions.models import CloseOut, LearningSession


@transaction.atomic
def keep_record(
    *,
    session: LearningSession,
    summary: str,
    next_steps: str,
    recording_url: str,
    resources: Iterable[Resource] | None = None,
) -> CloseOut:
    """Keep what came of a session (HTML of whatever origin).

    The next edition tells of it when the close-out is finished, and again of what changes later,
    such as a recording that comes after a day.
    """
    session = LearningSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    close_out, _is_new = CloseOut.objects.get_or_create(session=session)
    before = (session.summary, session.recording_url, close_out.next_steps)
    session.summary = richtext.sanitize(summary)
    session.summary_text = richtext.to_text(session.summary)
    session.recording_url = recording_url
    close_out.next_steps = richtext.sanitize(next_steps)
    close_out.next_steps_text = richtext.to_text(close_out.next_steps)
    close_out.save()
    if resources is not None:
        session.resources.set(resources)
    if (session.summary, session.recording_url, close_out.next_steps) != before:
        if close_out.is_finished:
            session.summarized_at = timezone.now() if _has_record(session) else None
        session.updated_at = timezone.now()
        session.save(
            update_fields=[
                "summary", "summary_text", "recording_url", "summarized_at", "updated_at"
            ]
        )  # fmt: skip
        transaction.on_commit(partial(live.room_changed, session.pk))
    return close_out


def _has_record(session: LearningSession) -> bool:
    return bool(session.summary or session.recording_url)


@transaction.atomic
def finish(*, session: LearningSession, by: Membership) -> bool:
    """End the close-out: who was there is asked for feedback, who was not gets the catch-up.

    False, and nothing more, where it was finished before.
    """
    session = LearningSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    close_out, _is_new = CloseOut.objects.get_or_create(session=session)
    if close_out.is_finished:
        return False
    close_out.finished_at, close_out.finished_by = timezone.now(), by
    close_out.save(update_fields=["finished_at", "finished_by"])
    session.summarized_at = close_out.finished_at if _has_record(session) else None
    session.save(update_fields=["summarized_at"])
    audit.record(
        "session.closed_out", subject=session, actor=by, cohort=by.cohort, session=session.pk
    )
    notices.session_closed_out(session, close_out)
    return True
