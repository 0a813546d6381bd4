"""Sessions that are planned together."""

from datetime import date

import pytest

from sessions.models import LearningSession
from tests.access.sessions import plan as typed_plan
from tests.sessions.plan_views import NEW, heeding


def weekly(cast, **fields):
    return {
        **typed_plan(cast),
        "local_date": "2027-01-12",
        "repeat": "weekly",
        "times": "3",
        **fields,
    }


def test_a_series_shows_each_day_first_and_plans_all(browse, cast, fay):
    client, typed = browse(fay), weekly(cast)

    page = client.post(NEW, typed)

    assert page.status_code == 422
    assert [(str(d.occurrence.day), d.warnings) for d in page.context["outlook"].days] == [
        ("2027-01-12", []),
        ("2027-01-19", []),
        ("2027-01-26", []),
    ]
    assert not LearningSession.objects.exists()
    assert heeding(client, NEW, typed).status_code == 302
    assert list(LearningSession.objects.values_list("local_date", flat=True)) == [
        date(2027, 1, 12),
        date(2027, 1, 19),
        date(2027, 1, 26),
    ]


def test_single_days_of_a_series_are_left_out(browse, cast, fay):
    typed = weekly(cast, left_out=["2027-01-19", "junk", "9999-99-99"])

    assert heeding(browse(fay), NEW, typed).status_code == 302

    assert [str(s.local_date) for s in LearningSession.objects.order_by("starts_at")] == [
        "2027-01-12",
        "2027-01-26",
    ]


def test_a_series_over_a_skipped_hour_is_refused_until_that_day_is_left_out(browse, cast, fay):
    typed = weekly(cast, local_date="2027-03-07", local_time="02:30")
    client = browse(fay)

    page = client.post(NEW, typed)
    assert "does not exist on March 14, 2027" in page.content.decode()
    assert not LearningSession.objects.exists()

    assert heeding(client, NEW, {**typed, "left_out": ["2027-03-14"]}).status_code == 302
    assert LearningSession.objects.count() == 2


def test_a_series_over_an_hour_that_comes_twice_asks(browse, cast, fay):
    typed = weekly(cast, local_date="2027-10-31", local_time="01:30", times="2")
    client = browse(fay)

    assert "comes twice on November 7, 2027" in client.post(NEW, typed).content.decode()
    assert heeding(client, NEW, {**typed, "local_fold": "1"}).status_code == 302

    assert [s.starts_at.isoformat() for s in LearningSession.objects.order_by("starts_at")] == [
        "2027-10-31T05:30:00+00:00",
        "2027-11-07T06:30:00+00:00",
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"times": ""}, "Please say how many."),
        ({"times": "31"}, "less than or equal to 30"),
        ({"times": "1"}, "greater than or equal to 2"),
        ({"repeat": "daily"}, "Select a valid choice"),
        ({"times": "2", "left_out": ["2027-01-12", "2027-01-19"]}, "please keep one"),
        ({"local_date": "9999-12-28"}, "too far away"),
    ],
)
def test_a_series_that_makes_no_sense_is_refused(browse, cast, fay, fields, words):
    page = browse(fay).post(NEW, weekly(cast, **fields))

    assert page.status_code == 422
    assert words in page.content.decode()
    assert not LearningSession.objects.exists()


def test_those_planned_together_lead_to_each_other(browse, cast, fay, mia):
    heeding(browse(fay), NEW, weekly(cast))
    first, *others = LearningSession.objects.order_by("starts_at")

    page = browse(mia).get(first.get_absolute_url())

    assert page.context["series"] == others
