"""Puts the year of the content files where it belongs: around today.

The files speak in the dates of one school year. The whole of it is moved so that the session
named as anchor falls two to five days from now, on a working day: the demo is always in mid-year.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from cohort.zones import NoSuchTime, to_utc

SATURDAY, SUNDAY = 5, 6
# Tuesday is the cohort's habit; the next best days follow.
_BEST_FIRST = (1, 2, 3, 0)
_JUST_NOW = timedelta(minutes=4)


@dataclass(frozen=True)
class Calendar:
    now: datetime
    today: date
    # How far the year is moved.
    shift: timedelta
    # When the year in the files begins; a month before it belongs to the next calendar year.
    year_begins: date

    @classmethod
    def around(cls, now: datetime, anchor: date, year_begins: date) -> "Calendar":
        """The calendar in which `anchor`, a day of the files' year, comes within days of now."""
        today = now.date()
        days = [today + timedelta(days=ahead) for ahead in range(2, 6)]
        chosen = min(
            (day for day in days if day.weekday() in _BEST_FIRST),
            key=lambda day: _BEST_FIRST.index(day.weekday()),
        )
        return cls(now, today, chosen - anchor, year_begins)

    def day(self, planned: date) -> date:
        """Where a day of the files' year falls now; nobody meets at a weekend."""
        day = planned + self.shift
        nudge = {SATURDAY: -1, SUNDAY: 1}.get(day.weekday(), 0)
        return day + timedelta(days=nudge)

    def moment(self, when: str, zone: str, *, after: datetime | None = None) -> datetime:
        """The instant of `10-14 09:30` (the files' year) or `-3d 09:30` (days before today).

        It is never in the future, and later than `after` where the past leaves room for that.
        """
        day, clock = when.split()
        if match := re.fullmatch(r"-(\d+)d", day):
            local_day = self.today - timedelta(days=int(match[1]))
        else:
            local_day = self._in_year(day) + self.shift
        moment = _instant(local_day, time.fromisoformat(clock), zone)
        if after is not None:
            moment = max(moment, after + timedelta(minutes=17))
        return min(moment, self.now - _JUST_NOW)

    def _in_year(self, month_day: str) -> date:
        month, day = (int(part) for part in month_day.split("-"))
        year = self.year_begins.year + (month < self.year_begins.month)
        return date(year, month, day)


def _instant(day: date, wall: time, zone: str) -> datetime:
    try:
        return to_utc(day, wall, zone, fold=0)
    except NoSuchTime:
        return to_utc(day, wall.replace(hour=wall.hour + 1), zone, fold=0).astimezone(UTC)
