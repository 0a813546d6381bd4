"""Series of sessions: the days of one, and the instants of each (RFC 5545's rules, by dateutil).

A series is a way to plan: afterwards each session stands alone, at the wall time all of them share.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cohort.zones import AmbiguousTime, NoSuchTime, to_utc

MOST = 30


class Repeat(TextChoices):
    ONCE = "", _("Once")
    WEEKLY = "weekly", _("Every week")
    FORTNIGHTLY = "fortnightly", _("Every two weeks")
    MONTHLY = "monthly", _("Every month, on the same weekday")


@dataclass(frozen=True)
class Occurrence:
    """One day of a series: `starts_at` and `ends_at` in UTC, or why there is no such time."""

    day: date
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_skipped_hour: bool = False  # the clocks go forward over it
    comes_twice: bool = False
    is_left_out: bool = False
    # What the clocks of the zone did since the first one, in minutes of UTC offset.
    shift: int = 0


def days(first: date, repeat: str, times: int) -> list[date]:
    """The days of a series of so many, beginning with the first.

    Monthly keeps the weekday's place in its month ("the third Tuesday"); a fifth one is the last.
    Raises OverflowError where the calendar ends before.
    """
    if repeat == Repeat.ONCE:
        return [first]
    count = min(max(times, 1), MOST)
    begin = datetime.combine(first, time())
    if repeat == Repeat.MONTHLY:
        place = (first.day - 1) // 7 + 1
        on = weekday(first.weekday(), place if place < 5 else -1)
        rule = rrule(MONTHLY, dtstart=begin, byweekday=on, count=count)
    else:
        rule = rrule(
            WEEKLY, dtstart=begin, interval=2 if repeat == Repeat.FORTNIGHTLY else 1, count=count
        )
    found = [moment.date() for moment in rule]
    if len(found) < count:
        raise OverflowError("the calendar ends before the series")
    return found


def occurrences(
    planned: Sequence[date],
    *,
    wall: time,
    zone: str,
    minutes: int,
    fold: int | None,
    left_out: Collection[date] = (),
) -> list[Occurrence]:
    """Each day at the same wall time in an IANA zone, `minutes` long."""
    base: timedelta | None = None
    found = []
    for day in planned:
        is_left_out = day in left_out
        try:
            start = to_utc(day, wall, zone, fold=fold)
        except NoSuchTime:
            found.append(Occurrence(day, is_skipped_hour=True, is_left_out=is_left_out))
            continue
        except AmbiguousTime:
            found.append(Occurrence(day, comes_twice=True, is_left_out=is_left_out))
            continue
        offset = start.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
        base = offset if base is None else base
        shift = int((offset - base).total_seconds() // 60)
        end = start + timedelta(minutes=minutes)
        found.append(Occurrence(day, start, end, is_left_out=is_left_out, shift=shift))
    return found
