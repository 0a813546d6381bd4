"""Series keep their wall time, whatever the clocks do."""

import uuid
from datetime import UTC, date, datetime, time

import pytest

from cohort.zones import NoSuchTime
from sessions.models import LearningSession
from sessions.series import Occurrence, Repeat, days, occurrences
from sessions.services.series import plan_series

NEW_YORK = "America/New_York"


def plan(cohort, planned, wall, **fields):
    return plan_series(
        cohort=cohort,
        days=planned,
        **{
            "form_key": uuid.uuid4(),
            "title": "Office hours",
            "local_time": wall,
            "time_zone": NEW_YORK,
            "minutes": 60,
            **fields,
        },
    )


@pytest.mark.parametrize(
    ("repeat", "first", "planned"),
    [
        (Repeat.ONCE, date(2027, 1, 5), ["2027-01-05"]),
        (Repeat.WEEKLY, date(2027, 1, 26), ["2027-01-26", "2027-02-02", "2027-02-09"]),
        (Repeat.FORTNIGHTLY, date(2027, 1, 26), ["2027-01-26", "2027-02-09", "2027-02-23"]),
        (Repeat.MONTHLY, date(2027, 1, 19), ["2027-01-19", "2027-02-16", "2027-03-16"]),
        (Repeat.MONTHLY, date(2027, 1, 29), ["2027-01-29", "2027-02-26", "2027-03-26"]),
    ],
    ids=["once", "weekly", "every two weeks", "third Tuesday", "last Friday"],
)
def test_the_days_of_a_series(repeat, first, planned):
    assert [day.isoformat() for day in days(first, repeat, 3)] == planned


def test_a_weekly_series_stays_at_two_o_clock_over_both_changes(cohort):
    spring = plan(cohort, days(date(2027, 3, 7), Repeat.WEEKLY, 2), time(14))
    autumn = plan(cohort, days(date(2027, 10, 31), Repeat.WEEKLY, 2), time(14))

    assert [session.starts_at for session in [*spring, *autumn]] == [
        datetime(2027, 3, 7, 19, tzinfo=UTC),
        datetime(2027, 3, 14, 18, tzinfo=UTC),
        datetime(2027, 10, 31, 18, tzinfo=UTC),
        datetime(2027, 11, 7, 19, tzinfo=UTC),
    ]
    assert {session.local_time for session in [*spring, *autumn]} == {time(14)}
    assert len({session.series for session in spring}) == 1


def test_a_series_that_meets_a_skipped_hour_plans_nothing(cohort):
    with pytest.raises(NoSuchTime):
        plan(cohort, days(date(2027, 3, 7), Repeat.WEEKLY, 3), time(2, 30))

    assert not LearningSession.objects.exists()


def test_the_same_series_sent_twice_is_one(cohort):
    key = uuid.uuid4()
    for _again in range(2):
        plan(cohort, days(date(2027, 1, 5), Repeat.WEEKLY, 3), time(14), form_key=key)

    assert LearningSession.objects.count() == 3


def test_occurrences_say_what_each_day_is(cohort):
    found = occurrences(
        days(date(2027, 3, 7), Repeat.WEEKLY, 3),
        wall=time(2, 30),
        zone=NEW_YORK,
        minutes=60,
        fold=None,
        left_out=[date(2027, 3, 21)],
    )

    assert found == [
        Occurrence(
            date(2027, 3, 7),
            datetime(2027, 3, 7, 7, 30, tzinfo=UTC),
            datetime(2027, 3, 7, 8, 30, tzinfo=UTC),
        ),
        Occurrence(date(2027, 3, 14), is_skipped_hour=True),
        Occurrence(
            date(2027, 3, 21),
            datetime(2027, 3, 21, 6, 30, tzinfo=UTC),
            datetime(2027, 3, 21, 7, 30, tzinfo=UTC),
            is_left_out=True,
            shift=60,
        ),
    ]


def test_occurrences_ask_about_an_hour_that_comes_twice(cohort):
    asked = {"wall": time(1, 30), "zone": NEW_YORK, "minutes": 60}

    assert occurrences([date(2027, 11, 7)], fold=None, **asked) == [
        Occurrence(date(2027, 11, 7), comes_twice=True)
    ]
    assert occurrences([date(2027, 11, 7)], fold=1, **asked)[0].starts_at == datetime(
        2027, 11, 7, 6, 30, tzinfo=UTC
    )
