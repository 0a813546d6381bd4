from datetime import timedelta

import pytest
from django.utils import timezone

from cohort.models import Audience
from forums.models import Thread
from tests.factories import (
    CohortFactory,
    MembershipFactory,
    PostFactory,
    ResourceFactory,
    SessionFactory,
    SpaceFactory,
    TagFactory,
    ThreadFactory,
)


def test_start_leads_to_the_one_cohort(browse, mia):
    response = browse(mia).get("/")

    assert response.headers["Location"] == "/c/spring/"


def test_start_offers_a_choice_of_several_cohorts(browse, mia):
    MembershipFactory(cohort=CohortFactory(slug="autumn", name="Autumn"), user=mia.user)

    response = browse(mia).get("/")

    assert [member.cohort.name for member in response.context["memberships"]] == [
        "Autumn",
        "Spring",
    ]


def test_start_tells_a_person_without_a_cohort_why_there_is_nothing(browse, gone):
    response = browse(gone).get("/")

    assert "gone@example.org" in response.text
    assert "no cohort has this address" in response.text


def test_home_shows_the_next_session_and_not_the_called_off_one(browse, mia):
    SessionFactory(cohort=mia.cohort, starts_in=timedelta(days=1), status="cancelled")
    next_one = SessionFactory(cohort=mia.cohort, starts_in=timedelta(days=2))
    later = SessionFactory(cohort=mia.cohort, starts_in=timedelta(days=9))

    desk = browse(mia).get("/c/spring/").context["desk"]

    assert (desk.session, desk.later) == (next_one, [later])


def test_home_names_the_replies_that_wait_for_me(browse, mia, tia):
    thread = ThreadFactory(space=SpaceFactory(cohort=mia.cohort), author=mia)
    reply = PostFactory(thread=thread, author=tia)
    PostFactory(thread=thread, author=mia)
    PostFactory(thread=ThreadFactory(space=thread.space), author=tia)

    desk = browse(mia).get("/c/spring/").context["desk"]

    assert desk.forums.waiting == [reply]


@pytest.mark.parametrize("count", [1, 3])
def test_home_costs_the_same_for_any_number_of_rows(
    browse, mia, count, django_assert_max_num_queries
):
    space = SpaceFactory(cohort=mia.cohort)
    for _each in range(count):
        thread = ThreadFactory(space=space, author=mia, kind=Thread.Kind.QUESTION)
        PostFactory(thread=thread)
        ThreadFactory(space=space, kind=Thread.Kind.QUESTION)
        SessionFactory(cohort=mia.cohort)
        ResourceFactory(cohort=mia.cohort)
    client = browse(mia)
    client.get("/c/spring/")

    with django_assert_max_num_queries(14):
        client.get("/c/spring/")


def test_year_has_every_session_once_under_its_month(browse, mia):
    sessions = [
        SessionFactory(cohort=mia.cohort, starts_in=timedelta(days=40 * n)) for n in range(4)
    ]

    months = browse(mia).get("/c/spring/year/").context["months"]

    assert [session for month in months for session in month.sessions] == sessions


def test_year_puts_a_session_under_the_month_it_has_for_the_reader(browse, mia):
    """At 03:00 UTC on the first, it is still the last day of the month before in New York."""
    mia.user.time_zone = "America/New_York"
    mia.user.save()
    start = timezone.now().replace(month=1, day=1, hour=3, minute=0) + timedelta(days=3650)
    SessionFactory(cohort=mia.cohort, starts_at=start)

    response = browse(mia).get("/c/spring/year/")

    assert "December" in response.text
    assert "January" not in response.text


@pytest.mark.parametrize(
    ("name", "audiences"),
    [
        ("mia", {Audience.COHORT, Audience.TEAM}),
        ("tia", {Audience.COHORT}),
        ("obi", {Audience.COHORT}),
        ("fay", {Audience.COHORT, Audience.TEAM, Audience.FACILITATORS}),
    ],
)
def test_theme_shows_each_what_they_may_see(browse, cast, themes, name, audiences):
    for audience in Audience:
        team = cast.team if audience == Audience.TEAM else None
        where = {"cohort": cast.cohort, "audience": audience, "team": team}
        things = [
            ThreadFactory(space=SpaceFactory(**where), title=f"Zebra {audience}"),
            ResourceFactory(**where, title=f"Zebra {audience}"),
            SessionFactory(**where, title=f"Zebra {audience}"),
        ]
        for thing in things:
            thing.themes.add(themes["drivers"])
    ThreadFactory(title="Zebra elsewhere")
    client = browse(getattr(cast, name))

    theme = client.get("/c/spring/themes/drivers/")

    assert {thread.title for thread in theme.context["threads"]} == {
        f"Zebra {audience}" for audience in audiences
    }
    for audience in set(Audience) - audiences:
        assert f"Zebra {audience}" not in theme.text


@pytest.mark.parametrize("count", [1, 3])
def test_a_theme_and_a_tag_cost_ten_queries_at_most(
    browse, cast, themes, count, django_assert_max_num_queries
):
    tag = TagFactory(cohort=cast.cohort, name="buses")
    space = SpaceFactory(cohort=cast.cohort)
    for _each in range(count):
        thread = ThreadFactory(space=space)
        resource = ResourceFactory(cohort=cast.cohort)
        session = SessionFactory(cohort=cast.cohort)
        for thing in (thread, resource, session):
            thing.themes.add(themes["drivers"])
        for thing in (thread, resource):
            thing.tags.add(tag)
    client = browse(cast.mia)
    client.get("/c/spring/")

    for page in ("themes/drivers/", "tags/buses/"):
        with django_assert_max_num_queries(10):
            client.get(f"/c/spring/{page}")
