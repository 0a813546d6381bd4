"""The whole demo cohort, made in one transaction or not at all."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from cohort.models import Cohort
from demo.loader import content
from demo.loader.answers import load_answers
from demo.loader.bells import load_bells
from demo.loader.calendar import Calendar
from demo.loader.discussions import load_discussions
from demo.loader.labels import Labels
from demo.loader.library import Library, load_library
from demo.loader.mails import log_mails
from demo.loader.notes import load_notes
from demo.loader.people import load_people
from demo.loader.trade import load_trade
from demo.loader.year import load_year, planned_day

# Any number, the same for every loader: two at once would make everything twice.
_LOCK = 20_260_915


def load(now: datetime) -> Cohort | None:
    """Make the demo cohort around `now`; None if it is there already, which changes nothing.

    Rows are written directly and not through the services, so nobody is told and no mail is
    planned because of it.
    """
    library = Library()
    try:
        with transaction.atomic():
            return _load(now, library)
    except BaseException:
        library.discard_files()
        raise


def _load(now: datetime, library: Library) -> Cohort | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    plan = content.toml("cohort.toml")
    if Cohort.objects.filter(slug=plan["slug"]).exists():
        return None
    calendar = Calendar.around(
        now.astimezone(ZoneInfo(plan["timezone"])),
        planned_day(plan["anchor"]),
        date.fromisoformat(plan["starts"]),
    )
    people = load_people(calendar)
    labels = Labels(people.cohort)
    load_library(library, people, calendar, labels)
    threads = load_discussions(people, calendar, labels, library)
    load_trade(library, people, calendar)
    load_answers(people, labels, threads)
    load_year(people, calendar, labels, library, threads)
    load_bells(people, calendar)
    log_mails(people, calendar)
    load_notes(people, calendar)
    return people.cohort
