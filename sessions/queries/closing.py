"""How far a session's close-out has come, and its record."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef

from cohort.models import Membership
from sessions.models import (
    Attendance,
    CloseOut,
    LearningSession,
    LearningSessionQuerySet,
)
from sessions.queries.attendance import attendance_sheet
from sessions.queries.feedback import feedback_of
from sessions.queries.follow_ups import follow_ups_of, open_questions
from sessions.queries.turnout import Turnout, turnout_of


def waiting_to_close(member: Membership, now: datetime) -> LearningSessionQuerySet:
    """Held and not closed out, the latest first; each `is_begun` or not.

    What was put into the year only after it was held, as an earlier half of a year is, was kept for
    the record: nobody waits for news of it.
    """
    held = LearningSession.objects.visible_to(member).standing().past(now)
    begun = CloseOut.objects.filter(session=OuterRef("pk"))
    return (
        held.filter(created_at__lt=F("ends_at"))
        .exclude(pk__in=CloseOut.objects.filter(finished_at__isnull=False).values("pk"))
        .annotate(is_begun=Exists(begun))
        .select_related("cohort")
    )


def close_out_state(member: Membership, session: LearningSession) -> dict[str, Any]:
    """What the close-out's page shows beside its form."""
    lines = attendance_sheet(session)
    asked = [line for line in lines if not line.member.is_facilitator]
    return {
        "turnout": turnout_of(session),
        "unknown": sum(not line.mark for line in lines),
        "said_yes_unknown": sum(line.is_like("yes-unknown") for line in lines),
        "will_be_asked": sum(line.was_there for line in asked),
        "will_catch_up": sum(not line.was_there for line in asked if line.member.is_active),
        "follow_ups": follow_ups_of(session),
        "open_questions": open_questions(member, session),
    }


def record_of(member: Membership, session: LearningSession) -> dict[str, Any]:
    """What the page of a session that is over shows more than before: its record.

    The session is one of `session_pages`.
    """
    if not session.is_over or session.is_cancelled:
        return {}
    parts: Any = session
    close_out = getattr(session, "close_out", None)
    return {
        "close_out": close_out,
        "turnout": turnout_of(session) if parts.has_marks else Turnout(),
        "follow_ups": follow_ups_of(session),
        "was_there": parts.my_mark in Attendance.THERE,
        "gave_feedback": parts.gave_feedback,
        "feedback": feedback_of(session, close_out) if member.is_facilitator else None,
    }
