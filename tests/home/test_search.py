from datetime import timedelta
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohort.models import Audience
from forums.models import Post, Thread, ThreadTag
from home.forms import SearchForm
from resources.models import ResourceRequest
from tests.factories import (
    MembershipFactory,
    PostFactory,
    ResourceFactory,
    SessionFactory,
    SpaceFactory,
    TagFactory,
    ThreadFactory,
    UserFactory,
)

SEARCH = "/c/spring/search/"


@pytest.fixture
def commons(cohort):
    return SpaceFactory(cohort=cohort, name="Commons", slug="commons")


def counts(response):
    return {tab.name: tab.count for tab in response.context["found"].tabs}


@pytest.mark.parametrize(
    ("name", "audiences"),
    [
        ("mia", {Audience.COHORT, Audience.TEAM}),
        ("tia", {Audience.COHORT}),
        ("obi", {Audience.COHORT}),
        ("fay", {Audience.COHORT, Audience.TEAM, Audience.FACILITATORS}),
    ],
)
def test_search_shows_and_counts_what_each_may_see(browse, cast, name, audiences):
    for audience in Audience:
        team = cast.team if audience == Audience.TEAM else None
        where = {"cohort": cast.cohort, "audience": audience, "team": team}
        ThreadFactory(space=SpaceFactory(**where), title=f"Zebra {audience}")
        ResourceFactory(**where, title=f"Zebra {audience}")
        SessionFactory(**where, title=f"Zebra {audience}")
        ResourceRequest.objects.create(**where, title=f"Zebra {audience}")
    ThreadFactory(title="Zebra elsewhere")
    ResourceRequest.objects.create(cohort=cast.olga.cohort, title="Zebra elsewhere")

    response = browse(getattr(cast, name)).get(SEARCH, {"q": "zebra"})

    many = str(len(audiences))
    assert counts(response) == {
        "discussions": many, "sessions": many, "library": many, "people": "0",
        "requests": many, "rooms": "0",
    }  # fmt: skip
    for audience in Audience:
        assert (f"<mark>Zebra</mark> {audience}" in response.text) == (audience in audiences)
    assert "elsewhere" not in response.text


def test_search_finds_people_by_what_they_offer_and_names_first(browse, mia, cohort):
    for name, offer in (("Ana Okafor", "employer agreements"), ("Zed Agreement", "")):
        MembershipFactory(cohort=cohort, user=UserFactory(name=name, can_help_with=offer))

    response = browse(mia).get(SEARCH, {"q": "agreement", "in": "people"})

    (tab,) = response.context["found"].shown
    assert [hit.title for hit in tab.hits] == ["Zed Agreement", "Ana Okafor"]


def test_search_finds_what_was_asked_for_and_says_whether_it_still_is(browse, mia):
    when = timezone.now()
    for title, details, closed_at in (
        ("Agreement with a clinic", "", None),
        ("Bus plan", "With the county's agreement on fares & routes.", when),
    ):
        ResourceRequest.objects.create(
            cohort=mia.cohort, asked_by=mia, title=title, details=details, closed_at=closed_at
        )

    response = browse(mia).get(SEARCH, {"q": "agreements", "in": "requests"})

    (tab,) = response.context["found"].shown
    assert [(hit.title, hit.passage, hit.notes[:2]) for hit in tab.hits] == [
        ("<mark>Agreement</mark> with a clinic", "", ["Open", "Mia"]),
        (
            "Bus plan",
            "With the county&#x27;s <mark>agreement</mark> on fares &amp; routes.",
            ["Closed", "Mia"],
        ),
    ]
    assert [hit.url for hit in tab.hits] == [
        each.get_absolute_url() for each in ResourceRequest.objects.order_by("pk")
    ]


def test_search_gives_page_after_page_without_repeats_while_posts_arrive(browse, mia, commons):
    threads = [ThreadFactory(space=commons, title=f"Zebra {n}") for n in range(45)]
    client = browse(mia)
    address, seen = f"{SEARCH}?q=zebra&in=discussions", []
    while address:
        found = client.get(address).context["found"]
        seen += [hit.url for tab in found.shown for hit in tab.hits]
        address = found.older_url and f"{SEARCH}{found.older_url}"
        ThreadFactory(space=commons, title="Zebra, zebra, zebra")

    assert sorted(seen) == sorted(thread.get_absolute_url() for thread in threads)


def test_search_leaves_out_kinds_that_cannot_be_narrowed_so(browse, mia, commons, themes):
    thread = ThreadFactory(space=commons, title="Zebra", author=mia)
    lesson = themes["drivers"].lessons.first()
    session = SessionFactory(cohort=mia.cohort, title="Zebra")
    resource = ResourceFactory(cohort=mia.cohort, title="Zebra", added_by=mia)
    MembershipFactory(cohort=mia.cohort, user=UserFactory(name="Zebra"), team=mia.team)
    asked = ResourceRequest.objects.create(cohort=mia.cohort, title="Zebra", asked_by=mia)
    for thing in (thread, session, resource, asked):
        thing.themes.add(lesson)
    client = browse(mia)
    kinds = ("discussions", "sessions", "library", "requests", "people")

    def told(**filters):
        found = counts(client.get(SEARCH, {"q": "zebra", **filters}))
        return "".join(found[n] for n in kinds)

    assert told() == "11111"
    assert told(theme="drivers") == told(theme=lesson.slug) == "11110"
    assert told(theme="leaders") == "00000"
    assert told(kind="discussion") == told(space="commons") == "10000"
    assert told(by="MIA") == "10110"
    assert told(by="nobody") == "00000"
    assert told(team="harbor") == "10111"
    today = timezone.localdate(timezone=ZoneInfo(mia.user.time_zone))
    assert told(since=today.isoformat()) == "11110"
    assert told(until="2020-01-01") == "00000"
    assert told(tag="none") == "00000"


def test_search_tells_what_is_no_choice_and_shows_it_again(browse, mia, commons):
    ThreadFactory(space=commons, title="Zebra")
    asked = {
        "q": "zebra", "theme": "x", "kind": "x", "space": "x", "team": "x", "since": "soon",
        "until": "9999-12-31",
    }  # fmt: skip

    response = browse(mia).get(SEARCH, asked)

    assert set(response.context["form"].errors) == set(asked) - {"q"}
    assert counts(response)["discussions"] == "1"
    assert 'value="soon"' in response.text
    turned = browse(mia).get(SEARCH, {"q": "a", "since": "2026-02-01", "until": "2026-01-01"})
    assert list(turned.context["form"].errors) == ["until"]


def test_search_by_a_whole_name_means_nobody_else(browse, mia, commons, cohort):
    longer = MembershipFactory(cohort=cohort, user=UserFactory(name="Mia Long"))
    ThreadFactory(space=commons, title="Zebra", author=longer)
    client = browse(mia)

    assert counts(client.get(SEARCH, {"q": "zebra", "by": "mia"}))["discussions"] == "0"
    assert counts(client.get(SEARCH, {"q": "zebra", "by": "mia lo"}))["discussions"] == "1"


def test_search_offers_what_is_spelt_nearly_so(browse, cast, commons):
    thread = ThreadFactory(space=commons, title="Apprenticeships that last")
    team_room = SpaceFactory(cohort=cast.cohort, audience=Audience.TEAM, team=cast.team)
    secret = ThreadFactory(space=team_room, title="Apprenticeships, in private")
    for name, where in (("apprenticeship", thread), ("apprenticeshop", secret)):
        tag = TagFactory(cohort=cast.cohort, name=name)
        ThreadTag.objects.create(content_object=where, tag=tag)

    def close(member):
        response = browse(member).get(SEARCH, {"q": "aprentiship"})
        assert "Nothing found" in response.text
        return {name for name, _url in response.context["found"].close}

    mine = {"Apprenticeships that last", "apprenticeship"}
    assert close(cast.tia) == mine
    assert close(cast.mia) == mine | {"Apprenticeships, in private", "apprenticeshop"}


def test_search_says_when_it_looked_only_through_the_latest(browse, mia, commons, monkeypatch):
    monkeypatch.setattr("forums.queries.search.MOST_POSTS", 2)
    thread = ThreadFactory(space=commons)
    for _ in range(3):
        PostFactory(thread=thread, body_text="zebra")

    response = browse(mia).get(SEARCH, {"q": "zebra"})

    assert counts(response)["discussions"] == "1+"
    assert "only the latest discussions" in response.text


def test_search_gives_htmx_the_address_of_what_it_shows(browse, mia):
    asked = {"q": "zebra ", "theme": "", "team": "harbor", "in": "people", "page": "1"}
    response = browse(mia).get(SEARCH, asked, headers={"HX-Request": "true"})

    address = parse_qs(response.headers["HX-Replace-Url"].lstrip("?"))
    assert address == {"q": ["zebra"], "team": ["harbor"], "in": ["people"]}


def test_names_are_picked_from_people_and_tags_in_sight(browse, cast, commons):
    thread = ThreadFactory(space=commons, author=cast.mia)
    for name in ("bus passes", "unused bus"):
        tag = TagFactory(cohort=cast.cohort, name=name)
        if name == "bus passes":
            ThreadTag.objects.create(content_object=thread, tag=tag)
    client = browse(cast.tia)

    tags = client.get(reverse("home:name_list", args=["spring"]), {"tag": "BUS"}).text
    people = client.get(reverse("home:name_list", args=["spring"]), {"by": "ia"}).text
    assert tags == '<option value="bus passes"></option>'
    assert people == '<option value="Mia"></option><option value="Tia"></option>'


def test_search_costs_ten_queries_at_most(browse, mia, commons, django_assert_max_num_queries):
    for number in range(3):
        ThreadFactory(space=commons, title=f"Zebra {number}")
        SessionFactory(cohort=mia.cohort, title="Zebra")
        ResourceFactory(cohort=mia.cohort, title="Zebra")
        ResourceRequest.objects.create(cohort=mia.cohort, title="Zebra")
        MembershipFactory(cohort=mia.cohort, user=UserFactory(name="Zebra"))
    client = browse(mia)
    client.get(SEARCH)

    asked = [
        {"q": "zebra"}, {"q": "zebra", "in": "library"}, {"q": "nothng"}, {"team": "harbor"},
        {"q": "zebra", "in": "requests"}, {"q": "zebra", "by": "mia"},
        {"q": "zebra", "in": "discussions", "page": "2"},
    ]  # fmt: skip
    for query in asked:
        with django_assert_max_num_queries(10):
            client.get(SEARCH, query)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    asked=st.dictionaries(
        st.sampled_from([*SearchForm.NARROWING, "q", "in", "page", "at"]),
        st.one_of(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
            st.sampled_from(["zebra", "drivers", "0001-01-01", "9999-12-31", "2026-02-30", "harbor",
                             "discussions", "people", "99999999999", "1", "²", "-1", "x" * 5000]),
        ),
        max_size=6,
    )
)  # fmt: skip
def test_search_survives_whatever_is_asked(asked, browse, mia, commons):
    if not Post.objects.exists():
        ThreadFactory(space=commons, title="Zebra")
    response = browse(mia).get(SEARCH, asked)

    assert response.status_code == 200
    assert browse(mia).get(reverse("home:name_list", args=["spring"]), asked).status_code == 200


def test_search_shows_markup_as_words(browse, mia, commons):
    thread = ThreadFactory(space=commons, title="<script>zebra</script>")
    Post.objects.filter(thread=thread).update(body_text="<img src=x> zebra")

    main = browse(mia).get(SEARCH, {"q": "zebra <script>"}).text.split("<main", 1)[1]

    assert "&lt;script&gt;" in main
    assert "<script>" not in main
    assert "<img src=x" not in main


def test_search_finds_what_one_keeps_quiet(browse, mia, commons):
    """Quiet holds for mail, not for looking."""
    thread = ThreadFactory(space=commons, title="Zebra")
    thread.follows.create(member=mia, level="quiet")

    assert counts(browse(mia).get(SEARCH, {"q": "zebra"}))["discussions"] == "1"


def test_search_sees_drafts_of_sessions_only_as_a_facilitator(browse, cast):
    SessionFactory(cohort=cast.cohort, title="Zebra", status="draft")

    assert counts(browse(cast.fay).get(SEARCH, {"q": "zebra"}))["sessions"] == "1"
    assert counts(browse(cast.mia).get(SEARCH, {"q": "zebra"}))["sessions"] == "0"


def test_search_of_sessions_heeds_dates(browse, cast):
    SessionFactory(cohort=cast.cohort, title="Zebra", starts_in=timedelta(days=40))
    soon = (timezone.localdate() + timedelta(days=20)).isoformat()

    client = browse(cast.mia)
    assert counts(client.get(SEARCH, {"q": "zebra", "since": soon}))["sessions"] == "1"
    assert counts(client.get(SEARCH, {"q": "zebra", "until": soon}))["sessions"] == "0"


def test_removed_threads_are_not_found(browse, mia, commons):
    thread = ThreadFactory(space=commons, title="Zebra")
    Thread.objects.filter(pk=thread.pk).update(deleted_at=timezone.now())

    assert counts(browse(mia).get(SEARCH, {"q": "zebra"}))["discussions"] == "0"
