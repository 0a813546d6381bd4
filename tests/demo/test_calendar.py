from datetime import UTC, date, datetime, timedelta

import pytest

from demo.loader.calendar import Calendar

ANCHOR = date(2026, 12, 8)
YEAR = date(2026, 9, 1)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def calendar(now=NOON):
    return Calendar.around(now, ANCHOR, YEAR)


@pytest.mark.parametrize("days", range(400))
def test_next_session_is_two_to_five_days_ahead_on_a_working_day(days):
    now = NOON + timedelta(days=days)
    day = calendar(now).day(ANCHOR)
    assert 2 <= (day - now.date()).days <= 5
    assert day.weekday() < 4


@pytest.mark.parametrize("days", range(7))
def test_nobody_meets_at_a_weekend(days):
    moved = calendar(NOON + timedelta(days=days))
    planned = [YEAR + timedelta(days=ahead) for ahead in range(14) if ahead % 7 < 5]
    assert [moved.day(day) for day in planned if moved.day(day).weekday() > 4] == []


def test_moment_of_a_planned_day_moves_with_the_year():
    # The anchor moves from December 8 to November 24, by two weeks.
    moment = calendar().moment("10-14 09:30", "America/Chicago")
    assert moment == datetime(2026, 9, 30, 14, 30, tzinfo=UTC)


def test_moment_of_days_ago_is_counted_from_today():
    moment = calendar().moment("-3d 09:30", "America/New_York")
    assert moment == datetime(2026, 11, 19, 14, 30, tzinfo=UTC)


def test_moment_is_never_in_the_future():
    assert calendar().moment("-0d 23:30", "America/Los_Angeles") < NOON
    assert calendar().moment("12-24 09:30", "America/New_York") < NOON


def test_an_answer_comes_after_what_it_answers():
    asked = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert calendar().moment("-9d 09:30", "America/New_York", after=asked) > asked


def test_a_month_before_september_belongs_to_the_second_half():
    moved = Calendar(NOON, NOON.date(), timedelta(days=-100), YEAR)
    assert moved.moment("02-01 12:00", "UTC") == datetime(2026, 10, 24, 12, tzinfo=UTC)


def test_a_time_that_the_clocks_skip_is_an_hour_later():
    spring = Calendar.around(datetime(2027, 3, 15, 12, tzinfo=UTC), ANCHOR, YEAR)
    assert spring.moment("-1d 02:30", "America/New_York") == datetime(
        2027, 3, 14, 7, 30, tzinfo=UTC
    )
