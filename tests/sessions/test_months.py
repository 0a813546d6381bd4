"""A month of sessions as a grid, in the reader's zone."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from sessions.months import Month, weeks_of
from tests.factories import SessionFactory


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2027-02", "2027-02"),
        ("", "2026-11"),
        ("2027-13", "2026-11"),
        ("9999-01", "2026-11"),
        ("²027-02", "2026-11"),
        ("2027-02-01", "2026-11"),
    ],
)
def test_the_month_asked_for_or_the_present_one(text, month):
    assert str(Month.asked(text, date(2026, 11, 26))) == month


def test_months_follow_each_other_over_the_year():
    assert (str(Month(2026, 12).after), str(Month(2027, 1).before)) == ("2027-01", "2026-12")


def test_weeks_begin_on_sunday_and_fill_the_grid():
    weeks = weeks_of(Month(2026, 11), [], date(2026, 11, 26))

    assert [week[0].day.isoformat() for week in weeks] == [
        "2026-11-01",
        "2026-11-08",
        "2026-11-15",
        "2026-11-22",
        "2026-11-29",
    ]
    assert [day.day.isoformat() for week in weeks for day in week if day.is_today] == ["2026-11-26"]
    assert [day.is_in_month for day in weeks[-1]] == [True, True, False, False, False, False, False]


def on_days(page):
    return {
        day.day.isoformat(): [session.title for session in day.sessions]
        for week in page.context["weeks"]
        for day in week
        if day.sessions
    }


def test_a_session_is_on_the_day_it_has_for_the_reader(browse, cohort, mia, themes):
    late = SessionFactory(
        cohort=cohort,
        title="Late",
        starts_at=datetime(2027, 2, 1, 3, tzinfo=UTC),
        time_zone="America/New_York",
    )
    late.themes.add(themes["leaders"])
    SessionFactory(cohort=cohort, title="Draft", starts_at=late.starts_at, status="draft")
    there = reverse("sessions:session_month", args=["spring"])

    seen = {}
    for zone in ("UTC", "America/New_York"):
        mia.user.time_zone = zone
        mia.user.save()
        seen[zone] = [on_days(browse(mia).get(there, {"month": m})) for m in ("2027-01", "2027-02")]

    assert seen == {
        "UTC": [{}, {"2027-02-01": ["Late"]}],
        "America/New_York": [{"2027-01-31": ["Late"]}, {}],
    }
    filtered = browse(mia).get(there, {"month": "2027-01", "theme": "drivers"})
    assert on_days(filtered) == {}
    assert "?month=2027-02&amp;theme=drivers" in filtered.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_month_costs_the_same_for_any_number(
    browse, cohort, mia, count, django_assert_num_queries
):
    for _n in range(count):
        SessionFactory(cohort=cohort, starts_at=datetime(2027, 2, 3, 18, tzinfo=UTC))
    client = browse(mia)
    client.get(reverse("home:start"))

    with django_assert_num_queries(7):
        client.get(reverse("sessions:session_month", args=["spring"]), {"month": "2027-02"})
