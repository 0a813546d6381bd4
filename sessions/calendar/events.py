"""One session as an event, and the calendar around it."""

import re
from datetime import UTC, datetime

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress

from sessions.models import LearningSession

PRODUCT = "-//Cohort//Learning sessions//EN"
# TEXT knows no control characters but the line break (RFC 5545 §3.1, §3.3.11).
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def new_calendar(method: str = "") -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    return calendar


def event_of(
    session: LearningSession, *, uid: str, sequence: int, stamp: datetime, status: str
) -> Event:
    """The event without its guests. Times are in UTC, which every calendar shows in its owner's
    zone; it leads to the session's page, never to the meeting.
    """
    url = page_of(session)
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("last-modified", session.updated_at.astimezone(UTC))
    event.add("sequence", sequence)
    event.add("dtstart", session.starts_at.astimezone(UTC))
    event.add("dtend", session.ends_at.astimezone(UTC))
    event.add("summary", one_line(session.title))
    event.add("description", _description(session, url))
    event.add("location", one_line(session.place) or url)
    event.add("url", url)
    event.add("status", status)
    event.add("transp", "OPAQUE")
    event.add("organizer", organizer(session))
    return event


def status_of(session: LearningSession) -> str:
    return "CANCELLED" if session.is_cancelled else "CONFIRMED"


def page_of(session: LearningSession) -> str:
    return f"{settings.BASE_URL}{session.get_absolute_url()}"


def organizer(session: LearningSession) -> vCalAddress:
    """Who sends it: the same bare address as in From, where answers arrive (RFC 6047 §2.2)."""
    return named_address(settings.MAIL_FROM["calendar"], session.cohort.name)


def named_address(address: str, name: str) -> vCalAddress:
    found = vCalAddress(f"mailto:{address}")
    # A parameter value holds no quotes (§3.2), and needs none here.
    found.params["CN"] = one_line(name).replace('"', "'")
    return found


def _description(session: LearningSession, url: str) -> str:
    lead = _("Answer, join and find everything for it: %(url)s") % {"url": url}
    words = _CONTROL.sub(" ", session.description_text.replace("\r\n", "\n").replace("\r", "\n"))
    return f"{lead}\n\n{words.strip()}".strip()


def one_line(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).replace("\n", " ").split())
