"""Days on which a session would meet few."""

from datetime import date

import pytest

from sessions.holidays import federal_holiday, is_weekend, school_break, state_holidays


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 11, 26), "Thanksgiving Day"),
        (date(2027, 1, 18), "Martin Luther King Jr. Day"),
        (date(2027, 6, 18), "Juneteenth National Independence Day (observed)"),
        (date(2027, 2, 2), ""),
        (date(9999, 7, 4), ""),
    ],
)
def test_federal_holidays_and_the_days_they_are_observed(day, name):
    assert federal_holiday(day) == name


def test_states_have_holidays_of_their_own():
    assert state_holidays(date(2027, 2, 9), ["LA", "MD", "", "XX"]) == {"LA": "Mardi Gras"}
    assert state_holidays(date(2026, 11, 3), ["IL", "TX"]) == {"IL": "Election Day"}
    # In a law, and schools are open.
    assert state_holidays(date(2027, 8, 27), ["TX"]) == {}
    # What the whole country has off is not said once more.
    assert state_holidays(date(2026, 11, 26), ["LA"]) == {}


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 20), ""),
        (date(2026, 11, 23), "Thanksgiving week"),
        (date(2026, 11, 27), "Thanksgiving week"),
        (date(2026, 12, 21), ""),
        (date(2026, 12, 22), "winter break"),
        (date(2027, 1, 2), "winter break"),
        (date(2027, 1, 4), ""),
        (date(2027, 3, 8), "spring break (mid March)"),
        (date(2027, 3, 19), "spring break (mid March)"),
        (date(2027, 3, 22), "spring break (the week before Easter)"),
        (date(2027, 3, 29), "spring break (the week before Easter)"),
        (date(2027, 3, 30), ""),
        (date(9999, 12, 25), ""),
    ],
)
def test_when_most_schools_are_away(day, words):
    assert school_break(day) == words


def test_weekends():
    assert [is_weekend(date(2026, 11, day)) for day in (27, 28, 29, 30)] == [
        False,
        True,
        True,
        False,
    ]
