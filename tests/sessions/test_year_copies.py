"""A year's plan that begins with another year's."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta

import pytest
from django.db import connection

from cohort.models import Audience, Role
from sessions.models import LearningSession
from sessions.services.agenda import AgendaPart, set_agenda, set_tasks
from tests.factories import CohortFactory, MembershipFactory, SessionFactory, TeamFactory

COPY = "/c/next/sessions/copies/"


def held(cohort, title, day, **fields):
    fields = {"local_time": time(13), "time_zone": "America/New_York", **fields}
    return SessionFactory(cohort=cohort, title=title, local_date=day, **fields)


@pytest.fixture
def following(cast):
    """The next year of Spring (September 2026 on), which Fay facilitates as well."""
    cohort = CohortFactory(
        slug="next", name="Next", starts_on=date(2027, 9, 1), ends_on=date(2028, 8, 31)
    )
    MembershipFactory(cohort=cohort, user=cast.fay.user, role=Role.FACILITATOR)
    TeamFactory(cohort=cohort, name="HARBOR", slug="harbor")
    return cohort


def lines(page):
    return {line.session.title: line for line in page.context["plan"].lines}


def sent(page, *titles):
    found = lines(page)
    return {"weeks": page.context["plan"].weeks, "session": [found[t].session.pk for t in titles]}


def test_each_is_a_draft_on_its_weekday_at_its_hour(browse, cast, following, themes):
    # Before and after the clocks change: 13:00 is 13:00.
    first = held(cast.cohort, "First", date(2026, 10, 6))
    held(cast.cohort, "Second", date(2026, 11, 10))
    first.themes.add(themes["leaders"])
    MembershipFactory(cohort=following, user=cast.mia.user)
    set_agenda(first, [AgendaPart("Cases", 50, "Bring one", [cast.mia, cast.theo], [cast.team])])
    set_tasks(first, ["Read"])
    page = browse(cast.fay).get(COPY)
    assert [(t, one.is_suggested) for t, one in lines(page).items()] == [
        ("First", True),
        ("Second", True),
    ]

    response = browse(cast.fay).post(COPY, sent(page, "First", "Second"))

    assert response["Location"] == "/c/next/sessions/"
    copies = list(LearningSession.objects.filter(cohort=following).order_by("starts_at"))
    assert [(one.title, one.status, one.local_date, one.local_time) for one in copies] == [
        ("First", "draft", date(2027, 10, 5), time(13)),
        ("Second", "draft", date(2027, 11, 9), time(13)),
    ]
    assert [one.starts_at.hour for one in copies] == [17, 18]
    (item,) = copies[0].agenda.all()
    assert [who.user for who in item.presenters.all()] == [cast.mia.user]
    assert [team.name for team in item.presenting_teams.all()] == ["HARBOR"]
    assert [task.words for task in copies[0].tasks.all()] == ["Read"]
    assert [theme.slug for theme in copies[0].themes.all()] == ["leaders"]


def test_what_was_copied_is_not_offered_and_not_copied_again(browse, cast, following):
    held(cast.cohort, "First", date(2026, 10, 6))
    client = browse(cast.fay)
    data = sent(client.get(COPY), "First")

    first, again = client.post(COPY, data), client.post(COPY, data)

    assert (first.status_code, again.status_code) == (302, 302)
    assert LearningSession.objects.filter(cohort=following).count() == 1
    assert client.get(COPY).context["plan"].lines == []


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one_copy(browse, cast, following):
    held(cast.cohort, "First", date(2026, 10, 6))
    clients = [browse(cast.fay), browse(cast.fay)]
    data = sent(clients[0].get(COPY), "First")

    def click(client):
        try:
            return client.post(COPY, data).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(click, clients)) == [302, 302]
    assert LearningSession.objects.filter(cohort=following).count() == 1


def test_what_speaks_against_each_is_seen_first(browse, cast, following):
    cohort = cast.cohort
    held(cohort, "Skipped", date(2027, 3, 15), local_time=time(2, 30))
    held(cohort, "Outside", date(2027, 8, 31) + timedelta(days=7))
    held(cohort, "Canceled", date(2026, 10, 6), status="cancelled")
    held(cohort, "River", date(2026, 10, 7), audience=Audience.TEAM, team=cast.other_team)
    held(cohort, "Harbor", date(2026, 10, 8), audience=Audience.TEAM, team=cast.team)
    held(cohort, "Holiday", date(2026, 11, 26))
    client = browse(cast.fay)
    page = client.get(COPY)

    found = lines(page)
    assert {title: one.is_suggested for title, one in found.items()} == {
        "Skipped": True, "Outside": False, "Canceled": False, "River": True, "Harbor": True,
        "Holiday": True,
    }  # fmt: skip
    assert found["Holiday"].warnings == ["Thanksgiving Day: a federal holiday."]
    assert "outside the cohort" in found["Outside"].warnings[0]
    client.post(COPY, sent(page, "River", "Harbor"))
    copies = LearningSession.objects.filter(cohort=following)
    assert [(one.title, one.audience, one.team and one.team.name) for one in copies] == [
        ("River", Audience.FACILITATORS, None),
        ("Harbor", Audience.TEAM, "HARBOR"),
    ]


def test_an_hour_that_the_clocks_skip_cannot_be_copied(browse, cast, following):
    session = held(cast.cohort, "Skipped", date(2027, 3, 14), local_time=time(2, 30))
    # 52 weeks on it is March 12, 2028, when the clocks go forward.
    page = browse(cast.fay).get(COPY)
    line = lines(page)["Skipped"]
    assert (line.day, line.starts_at) == (date(2028, 3, 12), None)
    assert f'value="{session.pk}"' not in page.content.decode()
    assert browse(cast.fay).post(COPY, sent(page, "Skipped")).status_code == 422
    assert not LearningSession.objects.filter(cohort=following).exists()


def test_nothing_is_copied_unseen_or_of_others_cohorts(browse, cast, following):
    held(cast.cohort, "First", date(2026, 10, 6))
    secret = held(cast.olga.cohort, "Secret", date(2026, 10, 6))
    client = browse(cast.fay)
    data = sent(client.get(COPY), "First")

    assert client.post(COPY, {**data, "weeks": "3"}).status_code == 422
    assert client.post(COPY, {**data, "session": [secret.pk]}).status_code == 422
    assert client.get(f"{COPY}?from=autumn").status_code == 404
    assert not LearningSession.objects.filter(cohort=following).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_any_number(
    browse, cast, following, count, django_assert_num_queries
):
    for n in range(count):
        held(cast.cohort, f"Session {n}", date(2026, 10, 6 + n))
    client = browse(cast.fay)
    client.get(COPY)
    with django_assert_num_queries(10):
        client.get(COPY)
