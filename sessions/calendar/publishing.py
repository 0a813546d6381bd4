"""What anybody who may see sessions can take: one as a file, or all as a feed."""

from collections.abc import Iterable
from datetime import timedelta

from icalendar import Event
from icalendar.prop import vDuration

from sessions.calendar.events import event_of, new_calendar, one_line, status_of
from sessions.models import LearningSession

# Programs that ask are told to come again so often (RFC 7986 §5.7).
ASK_AGAIN = timedelta(hours=1)


def calendar_file(session: LearningSession) -> bytes:
    """One event, the same bytes until the session changes."""
    calendar = new_calendar("PUBLISH")
    calendar.add_component(_event(session))
    return bytes(calendar.to_ical())


def calendar_feed(name: str, sessions: Iterable[LearningSession]) -> bytes:
    """Events to subscribe to, without guests and without a method (RFC 7986 §5.1).

    Two fetches are alike, byte for byte, until a session changes.
    """
    calendar = new_calendar()
    calendar.add("name", one_line(name))
    calendar.add("x-wr-calname", one_line(name))
    again = vDuration(ASK_AGAIN)
    again.params["VALUE"] = "DURATION"
    calendar["refresh-interval"] = again
    calendar["x-published-ttl"] = vDuration(ASK_AGAIN)
    for session in sessions:
        calendar.add_component(_event(session))
    return bytes(calendar.to_ical())


def _event(session: LearningSession) -> Event:
    return event_of(
        session,
        uid=session.uid,
        sequence=session.ics_sequence,
        # The last revision and not this moment: the same until something changes (§3.8.7.2).
        stamp=session.updated_at,
        status=status_of(session),
    )
