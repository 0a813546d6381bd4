"""Addresses that put a session, or a whole calendar, into other programs' calendars.

They carry the title, the time and the way to the session's page here; never the meeting's.
"""

from dataclasses import dataclass
from datetime import UTC
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from sessions.calendar.events import one_line, page_of
from sessions.models import LearningSession

DETAILS = 300


@dataclass(frozen=True)
class Way:
    """One button: a program's name, where it leads, and whether that is outside."""

    name: Any
    url: str
    leads_out: bool = True


def ways_for(session: LearningSession) -> list[Way]:
    """Buttons for one session: Google, Outlook, and a file for Apple's and all others."""
    title, page = one_line(session.title), page_of(session)
    place = one_line(session.place) or page
    starts, ends = session.starts_at.astimezone(UTC), session.ends_at.astimezone(UTC)
    words = f"{page}\n\n{session.description_text[:DETAILS]}".strip()
    google = {
        "action": "TEMPLATE",
        "text": title,
        "dates": f"{starts:%Y%m%dT%H%M%SZ}/{ends:%Y%m%dT%H%M%SZ}",
        "details": words,
        "location": place,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": title,
        "startdt": f"{starts:%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{ends:%Y-%m-%dT%H:%M:%SZ}",
        "body": words,
        "location": place,
    }
    file = reverse("sessions:session_calendar", args=[session.cohort.slug, session.pk])
    return [
        Way("Google", f"https://calendar.google.com/calendar/render?{urlencode(google)}"),
        Way(
            "Outlook",
            f"https://outlook.office.com/calendar/0/deeplink/compose?{urlencode(outlook)}",
        ),
        Way(_("Apple and others"), file, leads_out=False),
    ]


def ways_to_follow(address: str, name: str) -> list[Way]:
    """Buttons that subscribe to a feed at `address`."""
    webcal = f"webcal://{address.partition('://')[2]}"
    outlook = {"url": address, "name": name}
    return [
        Way("Google", f"https://calendar.google.com/calendar/r?{urlencode({'cid': webcal})}"),
        Way("Outlook", f"https://outlook.office.com/calendar/0/addfromweb?{urlencode(outlook)}"),
        Way(_("Apple and others"), webcal, leads_out=False),
    ]
