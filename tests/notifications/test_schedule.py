from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from notifications.schedule import Timetable, hour_on, last_period, next_period

# Gaps and repetitions at 1, 2, 3 and 0 o'clock, of an hour and of half an hour, and none.
ZONES = [
    "America/New_York",
    "America/Phoenix",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
    "Europe/London",
    "America/Havana",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Asia/Kathmandu",
]
timetables = st.builds(
    Timetable,
    time_zone=st.sampled_from(ZONES),
    rhythm=st.sampled_from(["weekly", "daily"]),
    weekday=st.integers(0, 6),
    hour=st.integers(0, 23),
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)


@hypothesis(deadline=None)
@given(timetables, moments)
def test_the_last_period_is_past_and_the_next_is_not(timetable, now):
    last, following = last_period(timetable, now), next_period(timetable, now)
    assert last.due_at <= now < following.due_at
    assert (following.day - last.day).days == (1 if timetable.rhythm == "daily" else 7)


@hypothesis(deadline=None)
@given(timetables, moments)
def test_every_local_period_comes_exactly_once_over_weeks_of_beats(timetable, start):
    beats = [start + timedelta(minutes=37 * n) for n in range(1_000)]
    seen = []
    for beat in beats:
        period = last_period(timetable, beat)
        if period not in seen:
            seen.append(period)
    step = timedelta(days=1 if timetable.rhythm == "daily" else 7)
    assert [period.day for period in seen] == [seen[0].day + n * step for n in range(len(seen))]


@pytest.mark.parametrize(
    ("day", "hour", "instant"),
    [
        # Skipped: the first instant after the gap.
        (date(2027, 3, 14), 2, datetime(2027, 3, 14, 7, 0, tzinfo=UTC)),
        # Comes twice: the first of the two.
        (date(2026, 11, 1), 1, datetime(2026, 11, 1, 5, 0, tzinfo=UTC)),
        (date(2026, 11, 3), 7, datetime(2026, 11, 3, 12, 0, tzinfo=UTC)),
    ],
)
def test_hours_that_daylight_saving_touches(day, hour, instant):
    assert hour_on(day, hour, "America/New_York") == instant


def test_seven_in_the_morning_stays_seven_in_the_morning():
    weekly = Timetable("America/New_York", "weekly", 1, 7)
    before = last_period(weekly, datetime(2026, 10, 28, tzinfo=UTC))
    after = next_period(weekly, datetime(2026, 11, 1, tzinfo=UTC))
    zone = ZoneInfo("America/New_York")
    assert [p.due_at.astimezone(zone).hour for p in (before, after)] == [7, 7]
    assert after.due_at - before.due_at == timedelta(days=7, hours=1)


def test_never_has_no_period():
    never = Timetable("America/New_York", "never", 1, 7)
    now = datetime(2026, 11, 3, tzinfo=UTC)
    assert (last_period(never, now), next_period(never, now)) == (None, None)
