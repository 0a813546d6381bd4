"""The demo's year goes on when the sessions it was loaded with are over."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from demo.loader import content
from demo.loader.moving import move_on
from sessions.models import RSVP, LearningSession
from sessions.services.chat import say
from sessions.services.planning import change_session
from tests.factories import CohortFactory, MembershipFactory, SessionFactory

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
TITLES = [row["title"] for row in content.rows("year.csv")][5:9]


@pytest.fixture
def demo(db):
    """The demo cohort with the four sessions that are ahead, the first in two days."""
    cohort = CohortFactory(
        slug=content.toml("cohort.toml")["slug"],
        starts_on=date(2026, 9, 1),
        ends_on=date(2027, 2, 1),
    )
    with time_machine.travel(NOON, tick=False):
        for n, title in enumerate(TITLES):
            SessionFactory(cohort=cohort, title=title, starts_in=2 * DAY + n * 2 * WEEK)
    return cohort


def days_ahead(cohort, now):
    """How many days each session lies ahead, by title; what is past is negative."""
    return {
        session.title: (session.starts_at - now).days
        for session in LearningSession.objects.filter(cohort=cohort).order_by("starts_at")
    }


def test_nothing_moves_while_a_session_is_near(demo):
    assert move_on(demo, NOON) == 0
    assert days_ahead(demo, NOON) == dict(zip(TITLES, [2, 16, 30, 44], strict=True))


@pytest.mark.parametrize("days", range(3, 400, 11))
def test_after_any_absence_the_next_session_is_within_days(demo, days):
    now = NOON + days * DAY
    with time_machine.travel(now, tick=False):
        move_on(demo, now)

        ahead = LearningSession.objects.filter(cohort=demo).ahead(now)
        assert timedelta(0) < ahead.first().starts_at - now < 8 * DAY
        assert ahead.count() > 1
        assert move_on(demo, now) == 0
    demo.refresh_from_db()
    assert demo.ends_on >= ahead.last().local_date


def test_wall_times_weekdays_and_answers_stay(demo):
    mia = MembershipFactory(cohort=demo)
    before = LearningSession.objects.get(title=TITLES[0])
    RSVP.objects.create(session=before, member=mia, answer="yes")

    now = NOON + 10 * WEEK
    with time_machine.travel(now, tick=False):
        assert move_on(demo, now) == 10

    after = LearningSession.objects.get(title=TITLES[0])
    assert (after.local_time, after.time_zone) == (before.local_time, before.time_zone)
    assert after.local_date - before.local_date == 10 * WEEK
    assert after.rsvps.get().member == mia
    # Reminders for the new day are mails of their own.
    assert after.schedule_version > before.schedule_version


def test_a_session_in_which_something_happened_stays_where_it_was(demo):
    mia = MembershipFactory(cohort=demo)
    held = LearningSession.objects.get(title=TITLES[0])
    with time_machine.travel(held.starts_at, tick=False):
        say(session_pk=held.pk, member_pk=mia.pk, client_id="0" * 32, body="Hello.")

    now = NOON + 6 * DAY
    with time_machine.travel(now, tick=False):
        # The second, due in ten days, is brought a week nearer.
        assert move_on(demo, now) == -1

    assert list(days_ahead(demo, now).values()) == [-4, 3, 17, 31]


def test_what_visitors_planned_and_other_cohorts_stay(demo, cohort):
    """Even a session of the same name elsewhere, and one that a visitor gave another name."""
    with time_machine.travel(NOON, tick=False):
        elsewhere = SessionFactory(cohort=cohort, title=TITLES[0], starts_in=2 * DAY)
        SessionFactory(cohort=demo, title="A visitor's own", starts_in=DAY)
        renamed = LearningSession.objects.get(cohort=demo, title=TITLES[1])
        change_session(session=renamed, title="Renamed by a visitor")
    now = NOON + 3 * WEEK
    with time_machine.travel(now, tick=False):
        assert move_on(demo, now) == 3

    elsewhere.refresh_from_db()
    assert elsewhere.starts_at == NOON + 2 * DAY
    assert days_ahead(demo, now) == {
        "A visitor's own": -20,
        "Renamed by a visitor": -5,
        TITLES[0]: 2,
        TITLES[2]: 30,
        TITLES[3]: 44,
    }


def test_an_archived_demo_rests(demo):
    demo.archived_at = NOON
    demo.save()

    assert move_on(demo, NOON + 10 * WEEK) == 0


def test_the_command_moves_on_what_is_there(demo, settings):
    settings.DEMO = True
    said = StringIO()
    with time_machine.travel(NOON + 10 * WEEK, tick=False):
        call_command("load_demo", stdout=said)
        call_command("load_demo", stdout=said)

    assert said.getvalue().splitlines() == [
        "The demo cohort is there already; what is left of its year was moved 10 weeks.",
        "The demo cohort is there already; nothing was changed.",
    ]
