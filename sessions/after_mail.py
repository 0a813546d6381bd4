"""News after a session: the form for feedback, the catch-up, the discussion that came of a line.

Looked at again as each goes out: marks are put right, and people give feedback, in the meantime.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort.models import Membership
from cohort.richtext import excerpt
from forums import invented as invented_posts
from forums.models import Thread
from forums.notices import REPLIES_TOPIC
from notifications import reasons, registry
from notifications.models import Delivery, Entry
from notifications.registry import Kind, Line, Mail, Outcome, Skip, Topic
from notifications.rendering import absolute, render_mail
from resources.models import Resource
from sessions import invented
from sessions.models import Attendance, CloseOut, Feedback, LearningSession
from sessions.notices import (
    CATCH_UP,
    CATCH_UP_TOPIC,
    DISCUSSED,
    FEEDBACK,
    FEEDBACK_TOPIC,
)
from sessions.permissions import can_give_feedback

MOST_MATERIALS = 6

WAS_NOT_THERE, WAS_THERE, GIVEN = "was-not-there", "was-there", "feedback-given"
REASONS = {
    WAS_NOT_THERE: gettext_lazy("Is not marked as having been there"),
    WAS_THERE: gettext_lazy("Was there after all"),
    GIVEN: gettext_lazy("Has given feedback already, or it is closed"),
}


@dataclass(frozen=True)
class _Batch:
    """What a batch of news is about: a constant number of queries."""

    sessions: dict[int, LearningSession]
    close_outs: dict[int, CloseOut]
    there: set[tuple[int, int]]
    given: set[tuple[int, int]]

    @classmethod
    def of(cls, session_pks: Iterable[int], member_pks: Iterable[int]) -> "_Batch":
        pks, members = set(session_pks), set(member_pks)
        sessions = LearningSession.objects.filter(pk__in=pks).select_related("cohort")
        sessions = sessions.prefetch_related("resources__cohort")
        there = Attendance.objects.filter(
            session__in=pks, member__in=members, mark__in=Attendance.THERE
        )
        given = Feedback.objects.filter(session__in=pks, member__in=members)
        return cls(
            {session.pk: session for session in sessions},
            {row.pk: row for row in CloseOut.objects.filter(pk__in=pks)},
            set(there.values_list("session", "member")),
            set(given.values_list("session", "member")),
        )

    def session(self, pk: int | None, member: Membership | None) -> LearningSession | None:
        """The session, if this member may see it now."""
        session = self.sessions.get(pk or 0)
        if session is None or member is None or session.is_cancelled:
            return None
        return session if session.is_visible_to(member) else None

    def why_no_feedback(self, session: LearningSession, member: Membership) -> str:
        key = (session.pk, member.pk)
        if key not in self.there:
            return WAS_NOT_THERE
        close_out = self.close_outs.get(session.pk)
        is_open = can_give_feedback(member, session, close_out, was_there=True)
        return "" if is_open and key not in self.given else GIVEN

    def why_no_catch_up(self, session: LearningSession, member: Membership) -> str:
        return WAS_THERE if (session.pk, member.pk) in self.there else ""


Why = Callable[[_Batch, LearningSession, Membership], str]
Composed = Callable[[Delivery, LearningSession, _Batch], Mail]


def _compose(
    deliveries: Sequence[Delivery], why_not: Why, mail: Composed
) -> Iterator[tuple[Delivery, Outcome]]:
    batch = _Batch.of(
        (d.target_pk for d in deliveries if d.target_pk),
        (d.recipient_id for d in deliveries if d.recipient_id),
    )
    for delivery in deliveries:
        member = delivery.recipient
        session = batch.session(delivery.target_pk, member)
        if session is None or member is None:
            yield delivery, Skip(reasons.GONE)
        elif why := why_not(batch, session, member):
            yield delivery, Skip(why)
        else:
            yield delivery, mail(delivery, session, batch)


def compose_feedback(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    """Two questions to whoever was there, unless they have answered or it is too late."""
    return _compose(deliveries, _Batch.why_no_feedback, _feedback_mail)


def _feedback_mail(delivery: Delivery, session: LearningSession, batch: _Batch) -> Mail:
    title = " ".join(session.title.split())
    return render_mail(
        delivery,
        "mail/session_feedback",
        subject=_("Two questions about “%(title)s”") % {"title": title},
        preheader=_("One minute, and no name beside it."),
        why=_("You get this because you were at this session."),
        context={
            "session": session,
            "feedback_url": absolute(_url("feedback_edit", session)),
            **_record(session, batch),
        },
    )


def compose_catch_up(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    """What came of it, to whoever was not there."""
    return _compose(deliveries, _Batch.why_no_catch_up, _catch_up_mail)


def _catch_up_mail(delivery: Delivery, session: LearningSession, batch: _Batch) -> Mail:
    title = " ".join(session.title.split())
    member = delivery.recipient
    materials: list[Resource] = [
        one for one in session.resources.all() if member and one.is_visible_to(member)
    ]
    return render_mail(
        delivery,
        "mail/session_catch_up",
        subject=_("What you missed: %(title)s") % {"title": title},
        preheader=excerpt(session.summary_text, 140),
        why=_("You get this because the session was for you, and you could not be there."),
        context={
            **_record(session, batch),
            "session": session,
            "materials": [
                (one.title, absolute(one.get_absolute_url())) for one in materials[:MOST_MATERIALS]
            ],
        },
    )


def _record(session: LearningSession, batch: _Batch) -> dict[str, Any]:
    close_out = batch.close_outs.get(session.pk)
    return {
        "session_url": absolute(session.get_absolute_url()),
        "summary": excerpt(session.summary_text, 600),
        "next_steps": excerpt(close_out.next_steps_text if close_out else "", 400),
        "has_recording": bool(session.recording_url),
    }


def _url(name: str, session: LearningSession) -> str:
    return reverse(f"sessions:{name}", args=[session.cohort.slug, session.pk])


def compose_discussed(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    """To whoever said what a discussion came of."""
    threads = _threads(d.target_pk for d in deliveries)
    for delivery in deliveries:
        thread, member = threads.get(delivery.target_pk or 0), delivery.recipient
        if thread is None or member is None or not thread.space.is_visible_to(member):
            yield delivery, Skip(reasons.GONE)
        else:
            yield delivery, _discussed_mail(delivery, thread)


def _discussed_mail(delivery: Delivery, thread: Thread) -> Mail:
    title = " ".join(thread.title.split())
    return render_mail(
        delivery,
        "mail/session_discussed",
        subject=_("A discussion from what you said: %(title)s") % {"title": title},
        why=_("You get this because you said it in a live room."),
        context={"thread": thread, "thread_url": absolute(thread.get_absolute_url())},
    )


def _threads(pks: Iterable[int | None]) -> dict[int, Thread]:
    threads = Thread.objects.filter(pk__in={pk for pk in pks if pk}, deleted_at=None)
    return {thread.pk: thread for thread in threads.select_related("space", "cohort")}


# ------------------------------------------------------------------------- with invented words


def _sample(mail: Composed) -> Callable[[Delivery], Mail]:
    nothing = _Batch({}, {}, set(), set())
    return lambda delivery: mail(delivery, invented.session_told_of(), nothing)


def sample_discussed(delivery: Delivery) -> Mail:
    return _discussed_mail(delivery, invented_posts.post().thread)


# ------------------------------------------------------------------------- the bell


def describe_feedback(entries: Sequence[Entry]) -> dict[int, Line]:
    def line(session: LearningSession) -> Line:
        title = _("How was “%(title)s”?") % {"title": session.title}
        detail = _("Two questions, and no name beside the answers.")
        return Line(title, _url("feedback_edit", session), detail, icon="clipboard-pen")

    return _describe(entries, _Batch.why_no_feedback, line)


def describe_catch_up(entries: Sequence[Entry]) -> dict[int, Line]:
    def line(session: LearningSession) -> Line:
        title = _("What you missed: %(title)s") % {"title": session.title}
        url = session.get_absolute_url()
        return Line(title, url, excerpt(session.summary_text, 140), icon="calendar-check")

    return _describe(entries, _Batch.why_no_catch_up, line)


def _describe(
    entries: Sequence[Entry], why_not: Why, line: Callable[[LearningSession], Line]
) -> dict[int, Line]:
    batch = _Batch.of(
        (pk for entry in entries for pk in entry.items), (entry.member_id for entry in entries)
    )
    lines = {}
    for entry in entries:
        session = batch.session(next(iter(entry.items), None), entry.member)
        if session and not why_not(batch, session, entry.member):
            lines[entry.pk] = line(session)
    return lines


def describe_discussed(entries: Sequence[Entry]) -> dict[int, Line]:
    threads = _threads(pk for entry in entries for pk in entry.items)
    lines = {}
    for entry in entries:
        thread = threads.get(next(iter(entry.items), 0))
        if thread and thread.space.is_visible_to(entry.member):
            title = _("A discussion came of what you said: %(title)s") % {"title": thread.title}
            lines[entry.pk] = Line(title, thread.get_absolute_url(), icon="messages-square")
    return lines


def register() -> None:
    reasons.WORDS.update(REASONS)
    registry.register_topic(
        Topic(
            CATCH_UP_TOPIC,
            gettext_lazy("What you missed"),
            gettext_lazy("Summary, recording and materials of a session you could not come to."),
        )
    )
    registry.register_topic(
        Topic(
            FEEDBACK_TOPIC,
            gettext_lazy("Feedback"),
            gettext_lazy("Two questions after a session you were at."),
        )
    )
    for kind in (
        Kind(
            FEEDBACK,
            gettext_lazy("Feedback on a session"),
            compose_feedback,
            topic=FEEDBACK_TOPIC,
            describe=describe_feedback,
            sample=_sample(_feedback_mail),
        ),
        Kind(
            CATCH_UP,
            gettext_lazy("What was missed of a session"),
            compose_catch_up,
            topic=CATCH_UP_TOPIC,
            describe=describe_catch_up,
            sample=_sample(_catch_up_mail),
        ),
        Kind(
            DISCUSSED,
            gettext_lazy("A discussion from a live room"),
            compose_discussed,
            topic=REPLIES_TOPIC,
            describe=describe_discussed,
            sample=sample_discussed,
        ),
    ):
        registry.register_kind(kind)
