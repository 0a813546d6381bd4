"""Posts that a member asked the facilitators to look at, and what they decide."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort import audit
from cohort.models import Membership
from forums import live, moderation_mail, ringing
from forums.models import Flag, Post, Thread
from forums.services.counting import locked_with_thread, recount
from forums.services.posts import remove_post
from forums.services.refusals import PostGone, Refused

WAITING = (Flag.State.OPEN, Flag.State.ASKED)


class DecidedAlready(Refused):
    """Another facilitator was quicker; `reason` says who and what, as far as is known."""

    reason: Any = gettext_lazy("This was decided already.")

    def __init__(self, flag: Flag | None = None) -> None:
        super().__init__()
        if flag and flag.decided_by:
            words = {
                Flag.State.KEPT: _("%(name)s decided already to keep this post."),
                Flag.State.HIDDEN: _("%(name)s decided already to hide this post."),
                Flag.State.ASKED: _("%(name)s has asked the author already."),
            }
            said = words.get(Flag.State(flag.state), str(self.reason))
            self.reason = said % {"name": flag.decided_by.user.name}


@transaction.atomic
def flag_post(*, post: Post, by: Membership, reason: str, note: str = "") -> Flag:
    """Ask the facilitators to look at a post; asked again while it waits, the first one counts.

    Raises PostGone if it was removed or hidden.
    """
    _thread, post = locked_with_thread(post)
    if not post.stands:
        raise PostGone
    try:
        with transaction.atomic():
            flag = Flag.objects.create(post=post, flagged_by=by, reason=reason, note=note)
    except IntegrityError:
        return Flag.objects.waiting().get(post=post, flagged_by=by)
    moderation_mail.tell_facilitators(flag)
    return flag


@transaction.atomic
def keep_post(*, post: Post, by: Membership, seen: Mapping[int, str], words: str = "") -> None:
    """Let a flagged post stand. `seen` says in which state the flags were that this answers.

    The author hears of it if they were asked before, or if there are words for them. Raises
    PostGone or DecidedAlready.
    """
    thread, post = _undecided(post)
    flags = _seen(post, seen)
    was_asked = any(flag.state == Flag.State.ASKED for flag in flags)
    _decide(flags, Flag.State.KEPT, by, words)
    _record("post.kept", thread, post, by, words)
    if was_asked or words:
        moderation_mail.tell_author(post, "kept", words)
    moderation_mail.tell_flaggers(flags, "kept")


@transaction.atomic
def ask_author(*, post: Post, by: Membership, seen: Mapping[int, str], words: str) -> None:
    """Ask a post's author to change it, or to explain; the flags go on waiting.

    Raises PostGone or DecidedAlready.
    """
    thread, post = _undecided(post)
    _decide(_seen(post, seen), Flag.State.ASKED, by, words)
    _record("post.author_asked", thread, post, by, words)
    moderation_mail.tell_author(post, "asked", words)


@transaction.atomic
def hide_post(
    *, post: Post, by: Membership, seen: Mapping[int, str] | None = None, words: str = ""
) -> None:
    """Take a post out of everybody's sight but its author's and the facilitators'.

    With `seen`, only while those flags wait in that state. Raises PostGone or DecidedAlready.
    """
    thread, post = _undecided(post)
    if seen is not None:
        _seen(post, seen)
    if post.hidden_at:
        raise DecidedAlready(_latest(post))
    flags = list(post.flags.waiting().select_for_update())
    post.hidden_at = timezone.now()
    post.save(update_fields=["hidden_at"])
    recount(thread)
    if not flags:
        # The words stand at the post for its author, whoever flagged it.
        own = Flag.objects.create(post=post, flagged_by=by, reason=Flag.Reason.OTHER)
        _decide([own], Flag.State.HIDDEN, by, words)
    _decide(flags, Flag.State.HIDDEN, by, words)
    _record("post.hidden", thread, post, by, words)
    moderation_mail.tell_author(post, "hidden", words)
    moderation_mail.tell_flaggers(flags, "hidden")
    ringing.readers_changed(thread.pk)


@transaction.atomic
def show_post(*, post: Post, by: Membership) -> None:
    """Bring a hidden post back. Raises PostGone."""
    thread, post = _undecided(post)
    if post.hidden_at is None:
        return
    post.hidden_at = None
    post.save(update_fields=["hidden_at"])
    recount(thread)
    _record("post.shown", thread, post, by)
    moderation_mail.tell_author(post, "shown")
    live.thread_changed(thread.pk, thread.last_number)


@transaction.atomic
def take_down(*, post: Post, by: Membership, words: str = "") -> None:
    """Remove somebody's post for good, with a word to them. Raises PostGone."""
    thread, post = _undecided(post)
    flags = list(post.flags.waiting().select_for_update())
    remove_post(post=post, by=by)
    _decide(flags, Flag.State.HIDDEN, by, words)
    _record("post.removed", thread, post, by, words)
    moderation_mail.tell_author(post, "removed", words)
    moderation_mail.tell_flaggers(flags, "removed")
    ringing.readers_changed(thread.pk)


def _undecided(post: Post) -> tuple[Thread, Post]:
    """The post and its thread, locked: two decisions about one post come one after the other."""
    thread, post = locked_with_thread(post)
    if post.deleted_at:
        raise PostGone
    return thread, post


def _seen(post: Post, seen: Mapping[int, str]) -> list[Flag]:
    flags = [
        flag for flag in post.flags.waiting().select_for_update() if seen.get(flag.pk) == flag.state
    ]
    if not flags:
        raise DecidedAlready(_latest(post))
    return flags


def _latest(post: Post) -> Flag | None:
    decided = post.flags.exclude(decided_at=None).select_related("decided_by__user")
    return decided.order_by("-decided_at").first()


def _decide(flags: Iterable[Flag], state: str, by: Membership, words: str) -> None:
    Flag.objects.filter(pk__in=[flag.pk for flag in flags]).update(
        state=state, decided_by=by, decided_at=timezone.now(), words=words
    )


def _record(action: str, thread: Thread, post: Post, by: Membership, words: str = "") -> None:
    audit.record(
        action, subject=thread, actor=by, cohort=thread.cohort,
        thread=thread.pk, post=post.pk, number=post.number, words=words,
    )  # fmt: skip
