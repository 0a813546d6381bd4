"""Days on which a session would meet few: holidays by law, and school breaks by rule of thumb.

Federal and state holidays, and Easter, come from the libraries `holidays` and `dateutil`. School
calendars are set district by district and no library has them; the weeks below are when most US
schools have their breaks.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

import holidays
from dateutil.easter import easter
from django.utils.translation import gettext as _

SATURDAY, NOVEMBER, THURSDAY = 5, 11, 3
# Of what states have beside the federal holidays, the days on which their schools are closed; the
# others (Lyndon Baines Johnson Day, say) are in a law and in no school's calendar.
SCHOOLS_CLOSE = {
    "Election Day",
    "Good Friday",
    "Mardi Gras",
    "Nevada Day",
    "Patriots' Day",
    "Prince Jonah Kuhio Kalanianaole Day",
}
# The first year of the calendar as it is now, and one nobody plans for.
FIRST_YEAR, LAST_YEAR = 1950, 2150


@cache
def _federal(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("US", years=year).items())


@cache
def _of_state(year: int, state: str) -> dict[date, str]:
    if state not in holidays.country_holidays("US").subdivisions:
        return {}
    found = holidays.country_holidays("US", subdiv=state, years=year).items()
    names = {day: set(name.removesuffix(" (observed)").split("; ")) for day, name in found}
    return {day: min(kept) for day, each in names.items() if (kept := each & SCHOOLS_CLOSE)}


def federal_holiday(day: date) -> str:
    """Its name, also where it is observed on another day; empty on all other days."""
    return _federal(day.year).get(day, "") if FIRST_YEAR < day.year < LAST_YEAR else ""


def state_holidays(day: date, states: Iterable[str]) -> dict[str, str]:
    """By state (two letters), the holiday beside the federal ones for which its schools close."""
    if not FIRST_YEAR < day.year < LAST_YEAR or federal_holiday(day):
        return {}
    found = {state: _of_state(day.year, state).get(day, "") for state in sorted(set(states))}
    return {state: name for state, name in found.items() if name}


def school_break(day: date) -> str:
    """Which break most US schools have on this day, in words; empty when they are in school."""
    if not FIRST_YEAR < day.year < LAST_YEAR:
        return ""
    thanksgiving = _nth(day.year, NOVEMBER, THURSDAY, 4)
    if thanksgiving - timedelta(days=3) <= day <= thanksgiving + timedelta(days=1):
        return _("Thanksgiving week")
    if (day.month, day.day) >= (12, 22) or (day.month, day.day) <= (1, 2):
        return _("winter break")
    if _second_monday(day.year) <= day <= _second_monday(day.year) + timedelta(days=11):
        return _("spring break (mid March)")
    sunday = easter(day.year)
    if sunday - timedelta(days=6) <= day <= sunday + timedelta(days=1):
        return _("spring break (the week before Easter)")
    return ""


def is_weekend(day: date) -> bool:
    return day.weekday() >= SATURDAY


def _second_monday(year: int) -> date:
    return _nth(year, 3, 0, 2)


def _nth(year: int, month: int, weekday: int, place: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (place - 1))
