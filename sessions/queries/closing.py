"""How far a session's close-out has come, and its record."""

from typing import Any

from cohort.models import Membership
from sessions.models import Attendance, CloseOut, Feedback, LearningSession
from sessions.queries.attendance import attendance_sheet
from sessions.queries.feedback import feedback_of
from sessions.queries.follow_ups import follow_ups_of, open_questions
from sessions.queries.notes import notes_of
from sessions.queries.turnout import turnout_of


def notes_text(session: LearningSession) -> str:
    """What was written together in the room."""
    return notes_of(session).text.strip()


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
        "follow_ups": follow_ups_of(member, session),
        "open_questions": open_questions(member, session),
    }


def record_of(member: Membership, session: LearningSession) -> dict[str, Any]:
    """What the page of a session that is over shows more than before: its record."""
    if not session.is_over or session.is_cancelled:
        return {}
    close_out = CloseOut.objects.filter(session=session).select_related("finished_by__user").first()
    mine = Attendance.objects.filter(session=session, member=member).first()
    was_there = mine is not None and mine.mark in Attendance.THERE
    given = was_there and Feedback.objects.filter(session=session, member=member).exists()
    return {
        "close_out": close_out,
        "turnout": turnout_of(session),
        "follow_ups": follow_ups_of(member, session),
        "was_there": was_there,
        "gave_feedback": given,
        "feedback": feedback_of(session, close_out) if member.is_facilitator else None,
    }
