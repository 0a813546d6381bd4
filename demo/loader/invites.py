"""Calendars of made-up people, which hold the sessions that were planned before they were made."""

from collections.abc import Iterable

from sessions.models import CalendarInvite, LearningSession
from sessions.queries import invited
from sessions.services.invites import REQUEST


def take_as_invited(sessions: Iterable[LearningSession]) -> None:
    """Count everybody a session is for as invited to it, so that nobody is mailed because of it."""
    CalendarInvite.objects.bulk_create(
        (
            CalendarInvite(
                session=session,
                member=member,
                planned=f"{REQUEST}:{session.ics_sequence}",
                told=CalendarInvite.Told.REQUEST,
                told_starts_at=session.starts_at,
                told_ends_at=session.ends_at,
            )
            for session in sessions
            if not session.is_draft
            for member in invited(session)
        ),
        batch_size=1_000,
    )
