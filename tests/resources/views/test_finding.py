"""The library as it is read, narrowed, searched and turned page by page."""

import pytest
from django.core.cache import cache

from cohort.models import Audience
from resources.models import Resource
from tests.resources.views import library, titles

pytestmark = pytest.mark.django_db


def test_the_library_shows_each_of_the_cast_what_is_theirs_newest_first(browse, cast, add):
    add(cast.mia, title="For all")
    add(cast.mia, title="Harbor's own", audience=Audience.TEAM)
    add(cast.tia, title="River's own", audience=Audience.TEAM)
    add(cast.fay, title="Facilitators' own", audience=Audience.FACILITATORS)
    add(cast.olga, title="Autumn's")

    def seen_by(member):
        return titles(browse(member).get(library(cast.cohort)))

    assert seen_by(cast.mia) == ["Harbor's own", "For all"]
    assert seen_by(cast.theo) == ["Harbor's own", "For all"]
    assert seen_by(cast.tia) == ["River's own", "For all"]
    assert seen_by(cast.obi) == ["For all"]
    assert seen_by(cast.fay) == ["Facilitators' own", "River's own", "Harbor's own", "For all"]


def test_filters_narrow_by_kind_theme_and_team(browse, cast, themes, add):
    lesson = themes["drivers"].lessons.first()
    add(cast.mia, title="Plan", kind="action_plan", themes=[lesson])
    add(cast.tia, title="Slides", kind="slides", themes=[themes["leaders"]])
    add(cast.fay, title="Guide", kind="article", themes=[themes["drivers"]])
    mia = browse(cast.mia)

    assert titles(mia.get(library(cast.cohort, "?kind=slides"))) == ["Slides"]
    assert titles(mia.get(library(cast.cohort, "?theme=drivers"))) == ["Guide", "Plan"]
    assert titles(mia.get(library(cast.cohort, f"?theme={lesson.slug}"))) == ["Plan"]
    assert titles(mia.get(library(cast.cohort, "?team=harbor"))) == ["Plan"]
    assert titles(mia.get(library(cast.cohort, "?team=river&kind=article"))) == []
    assert len(titles(mia.get(library(cast.cohort, "?kind=nonsense&theme=x")))) == 3


def test_search_finds_words_beginnings_tags_and_file_names_and_leaks_nothing(browse, cast, add):
    add(cast.mia, title="Hospital agreement", description="Clinical placements for students.")
    add(cast.mia, title="Minutes", name="placement-minutes.pdf")
    add(cast.mia, title="Draft", tags=["placements"])
    add(cast.tia, title="Placements, ours alone", audience=Audience.TEAM)
    mia = browse(cast.mia)

    assert titles(mia.get(library(cast.cohort, "?q=hospital"))) == ["Hospital agreement"]
    assert titles(mia.get(library(cast.cohort, "?q=hosp"))) == ["Hospital agreement"]
    assert titles(mia.get(library(cast.cohort, "?q=placements"))) == ["Hospital agreement", "Draft"]
    assert titles(mia.get(library(cast.cohort, "?q=placement"))) == [
        "Hospital agreement",
        "Minutes",
    ]
    assert titles(mia.get(library(cast.cohort, "?q=%22ours+alone%22"))) == []
    assert titles(mia.get(library(cast.cohort, "?q=%27%3A%2A%26%7C%21%28"))) == []


def test_what_was_found_is_marked_and_nothing_else_is_html(browse, cast, add):
    add(cast.mia, description="<img src=x onerror=alert(1)> placements matter")

    page = browse(cast.mia).get(library(cast.cohort, "?q=placements")).content.decode()

    assert "<mark>placements</mark>" in page
    assert "<img src=x" not in page


def test_pages_neither_skip_nor_repeat_when_something_arrives(browse, cast, add):
    for number in range(45):
        Resource.objects.create(
            cohort=cast.cohort, title=f"R{number}", kind="article", url="https://example.org/"
        )
    mia, address, seen = browse(cast.mia), library(cast.cohort), []
    while True:
        page = mia.get(address)
        seen += titles(page)
        add(cast.mia, title="Just arrived")
        if not page.context["shelf"].older:
            break
        address = library(cast.cohort, f"?before={page.context['shelf'].older}").replace("+", "%2B")

    assert seen == [f"R{number}" for number in range(44, -1, -1)]


@pytest.mark.parametrize(
    "before",
    [
        "x",
        "_",
        "2026-01-01_x",
        "9999-99-99_1",
        "%00_1",
        "0001-01-01T00:00:00%2B23:59_1",
        "9999-12-31T23:59:59-23:59_1",
    ],
)
def test_a_broken_page_address_shows_the_newest(browse, cast, add, before):
    add(cast.mia)
    assert titles(browse(cast.mia).get(library(cast.cohort, f"?before={before}"))) == ["Agreement"]


@pytest.mark.parametrize(("query", "queries"), [("", 12), ("?theme=leaders&q=agreement", 12)])
def test_the_library_asks_the_same_for_one_and_for_three(
    browse, cast, add, query, queries, untracked, django_assert_num_queries
):
    mia = browse(cast.mia)
    mia.get(library(cast.cohort))
    for count in (1, 2):
        for number in range(count):
            add(cast.mia, title=f"Agreement {number}", tags=["one", "two"])
        cache.clear()
        with django_assert_num_queries(queries):
            mia.get(library(cast.cohort, query))
    if not query:
        with django_assert_num_queries(queries - 2):  # what was counted is kept
            mia.get(library(cast.cohort, query))
