"""Who hears of what happens to sessions, beside the reminders."""

from collections.abc import Collection, Iterable
from typing import Any

from django.utils import timezone

from cohort.models import Membership, Role
from forums.models import Thread
from notifications import reach
from notifications.models import Way
from sessions import queries
from sessions.models import Attendance, CloseOut, LearningSession, feedback_closes_at

SEAT, WAITS, CALENDAR = "sessions.seat", "sessions.waits", "sessions.calendar"
ASK = "sessions.ask"
INVITATIONS_TOPIC, REMINDERS_TOPIC = "invitations", "reminders"
FEEDBACK, CATCH_UP, DISCUSSED = "sessions.feedback", "sessions.catch-up", "sessions.discussed"
FEEDBACK_TOPIC, CATCH_UP_TOPIC = "feedback", "catch-up"


def group_of(session: LearningSession) -> str:
    """What the bell gathers a session's news by."""
    return f"session:{session.pk}"


def seat_came_free(session: LearningSession, members: Iterable[Membership]) -> None:
    """Those who waited now have a seat. Each promotion is told once."""
    reach.tell(
        SEAT,
        members,
        dedupe_key=f"seat:{session.pk}:{timezone.now():%Y%m%d%H%M%S%f}",
        target_pk=session.pk,
        group=group_of(session),
        items=[session.pk],
        expires_at=session.starts_at,
    )


def has_to_wait(session: LearningSession, member: Membership) -> None:
    """Whoever said yes from their calendar hears that all seats are taken."""
    reach.tell(
        WAITS,
        [member],
        dedupe_key=f"waits:{session.pk}:{timezone.now():%Y%m%d%H%M%S%f}",
        target_pk=session.pk,
        expires_at=session.starts_at,
    )


def schedule_changed(session: LearningSession) -> None:
    """The bell of everybody it is for: it is new, moved, called off, or on again.

    Mail of it is what calendars are told.
    """
    reach.tell(
        CALENDAR,
        queries.invited(session).select_related("user"),
        dedupe_key=f"schedule:{session.pk}:{session.ics_sequence + 1}",
        group=group_of(session),
        items=[session.ics_sequence + 1],
        ways={Way.BELL, Way.PUSH},
    )


def tell_calendars(
    session: LearningSession, members: Collection[Membership], *, method: str, sequence: int
) -> int:
    """Mail an invitation, a change or a cancellation to members' calendars (RFC 6047)."""
    return reach.tell(
        CALENDAR,
        members,
        dedupe_key=f"inv:{session.pk}:{sequence}:{method}",
        target_pk=session.pk,
        params={
            "method": method,
            "sequence": sequence,
            "starts": session.starts_at.isoformat(),
            "ends": session.ends_at.isoformat(),
        },
        ways={Way.MAIL},
        expires_at=session.ends_at,
    )


def session_closed_out(session: LearningSession, close_out: CloseOut) -> None:
    """Members who were there are asked what they thought, the others are told what they missed."""
    members = queries.invited(session).exclude(role=Role.FACILITATOR)
    there = Attendance.objects.filter(session=session, mark__in=Attendance.THERE).values("member")
    news: dict[str, Any] = {
        "target_pk": session.pk,
        "group": group_of(session),
        "items": [session.pk],
    }
    reach.tell(
        FEEDBACK,
        members.filter(pk__in=there),
        dedupe_key=f"feedback:{session.pk}",
        expires_at=feedback_closes_at(session, close_out),
        **news,
    )
    reach.tell(CATCH_UP, members.exclude(pk__in=there), dedupe_key=f"catch-up:{session.pk}", **news)


def words_became_discussion(thread: Thread, speaker: Membership) -> None:
    """Whoever said it hears that a discussion in their name came of it."""
    reach.tell(
        DISCUSSED,
        [speaker],
        dedupe_key=f"discussed:{thread.pk}",
        target_pk=thread.pk,
        group=f"thread:{thread.pk}",
        items=[thread.pk],
    )


def please_answer(session: LearningSession, members: Iterable[Membership]) -> None:
    """Those who have not answered, once a day at most: whether they come."""
    reach.tell(
        ASK,
        members,
        dedupe_key=f"ask:{session.pk}:{session.asked_again_at:%Y%m%d%H%M%S}",
        target_pk=session.pk,
        expires_at=session.starts_at,
    )
