"""What is mailed to one member's calendar: invitations, changes, cancellations (RFC 5546, 6047)."""

from datetime import datetime

from icalendar import Event, vCalAddress

from sessions.calendar.events import event_of, named_address, new_calendar
from sessions.models import RSVP, CalendarInvite, LearningSession

PARTSTAT = {
    RSVP.Answer.YES: "ACCEPTED",
    RSVP.Answer.MAYBE: "TENTATIVE",
    RSVP.Answer.NO: "DECLINED",
}


def request(
    session: LearningSession,
    invite: CalendarInvite,
    rsvp: RSVP | None,
    now: datetime,
    *,
    address: str,
    name: str,
) -> bytes:
    """METHOD:REQUEST, an invitation or its update, with the one guest it is mailed to."""
    event = _event(session, invite, now, status="CONFIRMED")
    event.add("attendee", _guest(address, name, _partstat(rsvp)))
    return _message("REQUEST", event)


def cancellation(
    session: LearningSession, invite: CalendarInvite, now: datetime, *, address: str, name: str
) -> bytes:
    """METHOD:CANCEL, for the whole cohort or for this guest alone (RFC 5546 §3.2.5)."""
    event = _event(session, invite, now, status="CANCELLED")
    event.add("attendee", _guest(address, name, "DECLINED"))
    return _message("CANCEL", event)


def _event(session: LearningSession, invite: CalendarInvite, now: datetime, status: str) -> Event:
    return event_of(session, uid=invite.uid, sequence=invite.sequence, stamp=now, status=status)


def _message(method: str, event: Event) -> bytes:
    calendar = new_calendar(method)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _guest(address: str, name: str, partstat: str) -> vCalAddress:
    guest = named_address(address, name)
    guest.params["CUTYPE"] = "INDIVIDUAL"
    guest.params["ROLE"] = "REQ-PARTICIPANT"
    guest.params["PARTSTAT"] = partstat
    guest.params["RSVP"] = "TRUE"
    return guest


def _partstat(rsvp: RSVP | None) -> str:
    if rsvp is None:
        return "NEEDS-ACTION"
    return "TENTATIVE" if rsvp.waitlisted_at else PARTSTAT[RSVP.Answer(rsvp.answer)]
