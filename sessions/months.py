"""Months as a calendar shows them: weeks of days, each with what is on it, in the reader's zone."""

import calendar
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.utils import timezone

from sessions.models import LearningSession

# Weeks begin on Sundays, as calendars in the United States do.
_weeks = calendar.Calendar(calendar.SUNDAY)
_MONTH = re.compile(r"(\d{4})-(\d{2})")
FIRST_YEAR, LAST_YEAR = 2000, 2200


@dataclass(frozen=True)
class Month:
    year: int
    month: int

    @classmethod
    def asked(cls, text: str, today: date) -> "Month":
        """The month named as 2026-11; the present one where that makes no sense."""
        match = _MONTH.fullmatch(text)
        if match and FIRST_YEAR <= int(match[1]) <= LAST_YEAR and 1 <= int(match[2]) <= 12:
            return cls(int(match[1]), int(match[2]))
        return cls(today.year, today.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def before(self) -> "Month":
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    @property
    def after(self) -> "Month":
        return Month(self.year + (self.month == 12), self.month % 12 + 1)

    @property
    def instants(self) -> tuple[datetime, datetime]:
        """When it begins and ends in the reader's zone."""
        zone = timezone.get_current_timezone()
        return (
            datetime.combine(self.first, time(), zone),
            datetime.combine(self.after.first, time(), zone),
        )


@dataclass
class Day:
    day: date
    is_in_month: bool
    is_today: bool
    sessions: list[LearningSession] = field(default_factory=list)


def weeks_of(month: Month, sessions: Iterable[LearningSession], today: date) -> list[list[Day]]:
    """The month's weeks. Days of the months beside it are there, and empty."""
    on: dict[date, list[LearningSession]] = defaultdict(list)
    for session in sessions:
        on[timezone.localtime(session.starts_at).date()].append(session)
    return [
        [
            Day(
                day,
                day.month == month.month,
                day == today,
                on[day] if day.month == month.month else [],
            )
            for day in week
        ]
        for week in _weeks.monthdatescalendar(month.year, month.month)
    ]
