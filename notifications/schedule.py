"""When a member's edition is due: pure reckoning with local days and hours."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import formats

from notifications.models import Rhythm

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Timetable:
    """Which local hours a member chose."""

    time_zone: str
    rhythm: str
    weekday: int  # Monday is 0; of no matter to a daily edition
    hour: int

    @property
    def key(self) -> str:
        return f"{self.time_zone}|{self.rhythm}|{self.weekday}|{self.hour}"


@dataclass(frozen=True)
class Period:
    """One edition's turn: named by its local day, due at one instant."""

    day: date
    due_at: datetime


def hour_on(day: date, hour: int, time_zone: str) -> datetime:
    """The instant of a full hour on a local day.

    An hour that daylight saving skips is the first instant after the gap; of one that comes
    twice it is the first (PEP 495: `fold=0` reads both so).
    """
    wall = datetime.combine(day, time(hour), tzinfo=ZoneInfo(time_zone))
    return wall.astimezone(UTC)


def last_period(timetable: Timetable, now: datetime) -> Period | None:
    """The latest period that is due by now; None for those who want no edition."""
    if timetable.rhythm == Rhythm.NEVER:
        return None
    day = now.astimezone(ZoneInfo(timetable.time_zone)).date()
    while True:
        if timetable.rhythm == Rhythm.DAILY or day.weekday() == timetable.weekday:
            due_at = hour_on(day, timetable.hour, timetable.time_zone)
            if due_at <= now:
                return Period(day, due_at)
        day -= DAY


def next_period(timetable: Timetable, now: datetime) -> Period | None:
    """The earliest period that is still ahead."""
    if timetable.rhythm == Rhythm.NEVER:
        return None
    day = now.astimezone(ZoneInfo(timetable.time_zone)).date()
    while True:
        if timetable.rhythm == Rhythm.DAILY or day.weekday() == timetable.weekday:
            due_at = hour_on(day, timetable.hour, timetable.time_zone)
            if due_at > now:
                return Period(day, due_at)
        day += DAY


def weekday_name(weekday: int) -> str:
    a_monday = date(2024, 1, 1)
    return formats.date_format(a_monday + weekday * DAY, "l")


def hour_name(hour: int) -> str:
    return formats.time_format(time(hour), "g:i A")
