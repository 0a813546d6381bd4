"""Countries change their clocks: sessions stay at their wall time."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from notifications.models import Delivery
from sessions.models import LearningSession
from sessions.notices import CALENDAR
from sessions.services.clock_rules import keep_wall_times
from sessions.services.planning import plan_session

BEFORE = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def session(cohort, mia):
    cohort.memberships.update(norms_agreed_version=cohort.norms_version)
    return plan_session(
        cohort=cohort,
        title="Trust",
        local_date=date(2027, 2, 2),
        local_time=time(14),
        time_zone="America/New_York",
        minutes=90,
    )


def planned_under_other_rules(session, by=timedelta(hours=1)):
    """As if New York had been an hour elsewhere when it was planned."""
    LearningSession.objects.filter(pk=session.pk).update(
        starts_at=session.starts_at + by, ends_at=session.ends_at + by
    )


def test_what_was_planned_under_other_rules_moves_to_its_wall_time_and_is_told(session, mia):
    planned_under_other_rules(session)

    assert keep_wall_times(BEFORE) == 1
    assert keep_wall_times(BEFORE) == 0

    session.refresh_from_db()
    assert session.starts_at == datetime(2027, 2, 2, 19, tzinfo=UTC)
    assert session.ends_at == session.starts_at + timedelta(minutes=90)
    assert (session.schedule_version, session.ics_sequence) == (2, 1)
    assert Delivery.objects.filter(kind=CALENDAR, recipient=mia).exists()


def test_what_is_over_stays_as_it_was(session):
    planned_under_other_rules(session)

    assert keep_wall_times(datetime(2027, 3, 1, tzinfo=UTC)) == 0


def test_a_wall_time_that_is_skipped_now_is_left_for_the_hosts(session, caplog):
    LearningSession.objects.filter(pk=session.pk).update(
        local_date=date(2027, 3, 14), local_time=time(2, 30), starts_at=timezone.now()
    )

    assert keep_wall_times(BEFORE) == 0
    assert "skip the time of session" in caplog.text
