"""Facets with counts: what one can narrow to, how many there are, and that nothing leaks."""

import pytest
from django.urls import reverse

from cohort.models import Audience
from resources.models import Resource
from sessions.models import LearningSession
from tests import made_files as made
from tests.factories import SessionFactory
from tests.resources import offered

pytestmark = pytest.mark.django_db


def look(browse, member, query=""):
    address = reverse("resources:resource_list", args=["spring"])
    return browse(member).get(f"{address}{query}")


def titles(page) -> list[str]:
    return [resource.title for resource in page.context["shelf"].lines]


@pytest.fixture
def filled(cast, themes, add):
    lesson = themes["drivers"].lessons.first()
    plan = add(cast.mia, title="Plan", kind="action_plan", themes=[lesson, themes["drivers"]])
    add(cast.tia, made.docx_file(), "a.docx", title="Slides", kind="slides")
    add(cast.mia, title="Guide", kind="article", url="https://example.org/", language="es")
    add(cast.tia, title="River's own", kind="template", audience=Audience.TEAM)
    return plan


def test_each_facet_says_how_many_there_are(browse, cast, filled):
    page = look(browse, cast.mia)
    lesson = filled.themes.exclude(parent=None).get().name
    year = filled.created_at.year

    assert offered(page, "kind") == ["Strategic action plan (1)", "Slides (1)", "Article (1)"]
    assert offered(page, "theme") == ["Drivers (1)", f"{lesson} (1)", "Leaders (2)"]
    assert offered(page, "team") == ["Harbor (2)", "River (1)"]
    assert offered(page, "sector") == [f"{cast.organization.get_sector_display()} (2)"]
    assert offered(page, "type") == ["PDF (1)", "Word document (1)", "Link (1)"]
    assert offered(page, "language") == ["English (2)", "Spanish (1)"]
    assert offered(page, "year") == [f"{year} (3)"]
    assert offered(page, "session") == []
    assert offered(look(browse, cast.tia), "team") == ["Harbor (2)", "River (2)"]


def test_counts_heed_what_else_was_chosen_but_not_their_own_facet(browse, cast, filled):
    page = look(browse, cast.mia, "?team=harbor")
    assert titles(page) == ["Guide", "Plan"]
    assert offered(page, "kind") == ["Strategic action plan (1)", "Article (1)"]
    assert offered(page, "team") == ["Harbor (2)", "River (1)"]

    page = look(browse, cast.mia, "?team=harbor&kind=slides")
    assert titles(page) == []
    assert offered(page, "kind")[1] == "Slides (0)"


def test_counts_are_of_what_a_search_found(browse, cast, filled):
    page = look(browse, cast.mia, "?q=plan")
    assert titles(page) == ["Plan"]
    assert offered(page, "kind") == ["Strategic action plan (1)"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?type=link", ["Guide"]),
        ("?type=application/pdf", ["Plan"]),
        ("?sector=nonsense&year=1999", ["Guide", "Slides", "Plan"]),
        ("?year=2001", []),
        ("?session=nonsense", ["Guide", "Slides", "Plan"]),
    ],
)
def test_each_facet_narrows(browse, cast, filled, query, found):
    assert titles(look(browse, cast.mia, query)) == found


def test_what_was_chosen_is_named_each_with_its_way_out(browse, cast, filled):
    page = look(
        browse, cast.mia, "?q=pl%C3%A4ne&sort=used&type=application/pdf&kind=guess&team=harbor"
    )
    assert page.context["narrowing"] == [
        ("Harbor", "q=pl%C3%A4ne&type=application%2Fpdf&sort=used"),
        ("PDF", "q=pl%C3%A4ne&team=harbor&sort=used"),
    ]
    assert look(browse, cast.mia, "?sort=used").context["narrowing"] == []


def test_sectors_narrow_to_who_added_it(browse, cast, filled):
    cast.organization.sector = "chamber"
    cast.organization.save()
    assert titles(look(browse, cast.mia, "?sector=chamber")) == ["Guide", "Plan"]


def test_sessions_are_those_one_sees(browse, cast, filled):
    open_one = SessionFactory(cohort=cast.cohort, title="Kickoff")
    draft = SessionFactory(
        cohort=cast.cohort, title="Secret plans", status=LearningSession.Status.DRAFT
    )
    for session in (open_one, draft):
        session.resources.add(filled)

    fays = offered(look(browse, cast.fay), "session")
    assert sorted(fays) == ["Kickoff (1)", "Secret plans (1)"]
    page = look(browse, cast.mia)
    assert offered(page, "session") == ["Kickoff (1)"]
    assert b"Secret plans" not in page.content
    assert titles(look(browse, cast.mia, f"?session={open_one.pk}")) == ["Plan"]
    own = browse(cast.mia).get(filled.get_absolute_url())
    assert [session.title for session in own.context["places"].sessions] == ["Kickoff"]
    assert b"Secret plans" not in own.content
    # One that is not seen is like one that never was: it narrows nothing.
    for pk in (draft.pk, 987_654_321):
        assert titles(look(browse, cast.mia, f"?session={pk}")) == ["Guide", "Slides", "Plan"]


def test_the_most_downloaded_come_first_page_by_page(browse, cast):
    for number in range(45):
        Resource.objects.create(
            cohort=cast.cohort, title=f"R{number}", kind="article",
            url="https://example.org/", download_count=number // 2,
        )  # fmt: skip
    seen, before = [], ""
    while True:
        page = look(browse, cast.mia, f"?sort=used&before={before}")
        seen += titles(page)
        before = page.context["shelf"].older
        if not before:
            break
    assert seen == [f"R{number}" for number in range(44, -1, -1)]


def test_a_search_shows_the_best_page_by_page_and_says_how_many_there_are(browse, cast):
    for number in range(45):
        Resource.objects.create(
            cohort=cast.cohort, title=f"Zebra {number}", kind="article", url="https://example.org/"
        )
    seen, before = [], ""
    while True:
        page = look(browse, cast.mia, f"?q=zebra&before={before}")
        assert "45 resources for “zebra”" in page.text
        seen += titles(page)
        before = page.context["shelf"].older
        if not before:
            break

    assert sorted(seen) == sorted(f"Zebra {number}" for number in range(45))
    assert titles(look(browse, cast.mia, "?q=zebra&before=999")) == []
    assert "0 resources" not in look(browse, cast.mia, "?q=zebra&kind=slides").text


def test_values_of_any_kind_are_values_and_no_sql(browse, cast, filled):
    page = look(browse, cast.mia, "?q=%25s&year=2026&theme=leaders&team=harbor&language=en")
    assert page.status_code == 200
