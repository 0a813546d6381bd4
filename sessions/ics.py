"""A session as a calendar file (RFC 5545)."""

import re
from datetime import UTC

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress

from sessions.models import LearningSession

# TEXT knows no control characters but the line break (RFC 5545 §3.1, §3.3.11).
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def calendar_file(session: LearningSession) -> bytes:
    """One event, the same bytes until the session changes.

    Times are in UTC, which every calendar shows in its owner's zone. It names no guests, and leads
    to the session's page instead of the meeting.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Cohort//Learning sessions//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_event(session))
    return bytes(calendar.to_ical())


def _event(session: LearningSession) -> Event:
    url = f"{settings.BASE_URL}{session.get_absolute_url()}"
    event = Event()
    event.add("uid", session.uid)
    # The last revision and not this moment: the same file until something changes (§3.8.7.2).
    event.add("dtstamp", session.updated_at.astimezone(UTC))
    event.add("last-modified", session.updated_at.astimezone(UTC))
    event.add("sequence", session.ics_sequence)
    event.add("dtstart", session.starts_at.astimezone(UTC))
    event.add("dtend", session.ends_at.astimezone(UTC))
    event.add("summary", one_line(session.title))
    event.add("description", _description(session, url))
    event.add("location", one_line(session.place) or url)
    event.add("url", url)
    event.add("status", "CANCELLED" if session.is_cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE")
    event.add("organizer", _organizer(session))
    return event


def _organizer(session: LearningSession) -> vCalAddress:
    organizer = vCalAddress(f"mailto:{settings.MAIL_FROM['calendar']}")
    # A parameter value holds no quotes (§3.2), and needs none here.
    organizer.params["CN"] = one_line(session.cohort.name).replace('"', "'")
    return organizer


def _description(session: LearningSession, url: str) -> str:
    lead = _("Answer, join and find everything for it: %(url)s") % {"url": url}
    words = _CONTROL.sub(" ", session.description_text.replace("\r\n", "\n").replace("\r", "\n"))
    return f"{lead}\n\n{words.strip()}".strip()


def one_line(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).replace("\n", " ").split())
