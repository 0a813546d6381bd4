"""What the facilitators wrote on top of editions: one that went out, one for the next."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from cohort import richtext
from cohort.models import Membership, Role
from demo.loader.calendar import Calendar
from demo.loader.people import People
from notifications.edition.audience import coming_week
from notifications.models import EditionNote

SENT = """
Two teams signed their agreements this week, and both wrote down how they got there. Read theirs
before yours is on the table.

Thank you to everybody who answered a question: nine of them waited on Monday, and two do now.
"""
NEXT = """
Our next session is about trust, and it is yours to make: please write **five to ten lines** in the
discussion before we meet, about a time when trust broke and the one small thing that mended it.

If you can only read one thing this week, read what the hospitals said about the draft agreement.
"""


def load_notes(people: People, calendar: Calendar) -> None:
    coming = coming_week(people.cohort, calendar.now)
    author = next(m for m in people.members.values() if m.role == Role.FACILITATOR)
    zone = ZoneInfo(people.cohort.time_zone)
    for text, week in ((SENT, coming - timedelta(days=7)), (NEXT, coming)):
        evening_before = datetime.combine(week, datetime.min.time(), zone) - timedelta(hours=7)
        _write(author, text, week, min(evening_before, calendar.now - timedelta(hours=3)))


def _write(author: Membership, text: str, week: date, at: datetime) -> None:
    html = richtext.from_plain("\n\n".join(" ".join(p.split()) for p in text.split("\n\n")))
    EditionNote.objects.create(
        cohort=author.cohort,
        week=week,
        body=html,
        body_text=richtext.to_text(html),
        version=1,
        author=author,
        published_at=at,
        changed_at=at,
    )
