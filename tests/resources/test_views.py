import re
import uuid
from unittest import mock

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.urls import reverse

from cohort.files import NotStored
from cohort.models import Audience
from resources.models import FileVersion, Resource
from tests import made_files as made

pytestmark = pytest.mark.django_db


def library(cohort, query="") -> str:
    return reverse("resources:resource_list", args=[cohort.slug]) + query


def new(cohort) -> str:
    return reverse("resources:resource_create", args=[cohort.slug])


def filled(theme_rows, **changes):
    return {
        "title": "Agreement with the hospital",
        "kind": "agreement",
        "themes": [theme_rows["leaders"].pk, theme_rows["drivers"].pk],
        "audience": "cohort",
        "form_key": str(uuid.uuid4()),
        **changes,
    }


def titles(response) -> list[str]:
    return [resource.title for resource in response.context["shelf"].lines]


# ---------------------------------------------------------------- finding


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


@pytest.fixture
def untracked(settings):
    """Without the book-keeping of sign-ins, whose queries are not the page's."""
    settings.USERSESSIONS_TRACK_ACTIVITY = False


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


# ---------------------------------------------------------------- adding


def test_adding_a_file_leads_to_its_page(browse, cast, themes):
    file = SimpleUploadedFile("MOU.pdf", made.pdf(), "text/html")

    answer = browse(cast.mia).post(
        new(cast.cohort), filled(themes, file=file, tags="mou, hospital")
    )

    resource = Resource.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, resource.get_absolute_url())
    assert (resource.added_by, resource.current_version.content_type) == (
        cast.mia,
        "application/pdf",
    )
    assert {theme.slug for theme in resource.themes.all()} == {"leaders", "drivers"}


def test_adding_a_link_keeps_it(browse, cast, themes):
    browse(cast.mia).post(new(cast.cohort), filled(themes, url="example.org/guide?a=1"))
    assert Resource.objects.get().url == "https://example.org/guide?a=1"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "ftp://example.org/", "data:text/html,x", "http://", "file:///etc"],
)
def test_other_kinds_of_link_are_refused(browse, cast, themes, url):
    answer = browse(cast.mia).post(new(cast.cohort), filled(themes, url=url))
    assert (answer.status_code, Resource.objects.count()) == (422, 0)
    assert list(answer.context["form"].errors) == ["url"]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, ["file"]),
        ({"url": "https://example.org/", "title": " "}, ["title"]),
        ({"url": "https://example.org/", "themes": []}, ["themes"]),
        ({"url": "https://example.org/", "kind": ""}, ["kind"]),
        ({"url": "https://example.org/", "audience": "facilitators"}, ["audience"]),
        ({"url": "https://example.org/", "tags": "a,b,c,d,e,f,g"}, ["tags"]),
        (
            {"url": "https://example.org/", "file": ContentFile(b"hello", "a.txt")},
            ["url"],
        ),
        (
            {"url": "https://example.org/", "audience": "team", "is_public": "on"},
            ["is_public"],
        ),
        ({"url": "https://example.org/", "language": "klingon"}, ["language"]),
        ({"file": ContentFile(b"#!/bin/sh\nrm -r x", "a.dat")}, ["file"]),
    ],
)
def test_what_is_missing_or_wrong_is_said_beside_it_and_the_rest_is_kept(
    browse, cast, themes, files_kept, changes, wrong
):
    answer = browse(cast.mia).post(
        new(cast.cohort), filled(themes, description="All I wrote", **changes)
    )

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == wrong
    assert "All I wrote" in answer.content.decode()
    assert (Resource.objects.count(), files_kept()) == (0, [])


def test_a_good_file_in_a_refused_form_must_be_chosen_again_and_the_page_says_so(
    browse, cast, themes
):
    file = SimpleUploadedFile("MOU.pdf", made.pdf())
    answer = browse(cast.mia).post(new(cast.cohort), filled(themes, file=file, title=""))
    assert "Please choose your file again" in answer.content.decode()


def test_a_member_without_a_team_is_not_offered_one(browse, cast, themes):
    page = browse(cast.fay).get(new(cast.cohort))
    assert [value for value, _ in page.context["form"].fields["audience"].choices] == [
        "cohort",
        "facilitators",
    ]


def test_too_large_is_said_in_words_and_nothing_is_kept(browse, cast, themes, settings, files_kept):
    settings.UPLOAD_MAX_BYTES = 3 * 1024 * 1024
    file = SimpleUploadedFile("long.pdf", made.pdf() + b"a" * (4 * 1024 * 1024))

    answer = browse(cast.mia).post(new(cast.cohort), filled(themes, file=file))

    words = answer.context["form"].errors["file"][0].replace("\xa0", " ")
    assert answer.status_code == 422
    assert words.startswith("This file has 4 MB; the largest we can take is 3 MB.")
    assert (Resource.objects.count(), files_kept()) == (0, [])


def test_a_full_disk_is_said_in_words(browse, cast, themes):
    file = SimpleUploadedFile("MOU.pdf", made.pdf())
    with mock.patch("resources.services.add_resource", side_effect=NotStored):
        answer = browse(cast.mia).post(new(cast.cohort), filled(themes, file=file))

    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()[0].startswith("We could not keep your file")


def test_the_button_pressed_twice_adds_once(browse, cast, themes, files_kept):
    said, mia = filled(themes), browse(cast.mia)

    answers = [
        mia.post(new(cast.cohort), {**said, "file": SimpleUploadedFile("MOU.pdf", made.pdf())})
        for _ in range(2)
    ]

    assert len({answer["Location"] for answer in answers}) == 1
    assert (Resource.objects.count(), len(files_kept())) == (1, 1)


def test_what_is_said_of_a_resource_is_kept_shown_and_found_in_the_form_again(browse, cast, themes):
    said = {
        "made_by": "River County Chamber",
        "language": "es",
        "is_public": "on",
        "alt": "Two students at a lathe",
        "captions": "https://example.org/captions",
    }
    mia = browse(cast.mia)
    mia.post(new(cast.cohort), filled(themes, url="https://example.org/", **said))

    resource = Resource.objects.get()
    assert {name: getattr(resource, name) for name in said} == {**said, "is_public": True}
    page = browse(cast.obi).get(resource.get_absolute_url()).content.decode()
    for words in ("River County Chamber", "Spanish", "May be shown", said["captions"]):
        assert words in page
    address = reverse("resources:resource_edit", args=[cast.cohort.slug, resource.pk])
    form = mia.get(address).context["form"]
    assert {name: form[name].value() for name in said} == {**said, "is_public": True}

    mia.post(address, filled(themes, url="https://example.org/", language=""))
    resource.refresh_from_db()
    assert [getattr(resource, name) for name in said] == ["", "", False, "", ""]


def test_what_is_public_is_for_the_whole_cohort_by_the_database_too(cast, add):
    resource = add(cast.mia, is_public=True)
    with pytest.raises(IntegrityError, match="resource_is_public_when_for_the_cohort"):
        Resource.objects.filter(pk=resource.pk).update(audience=Audience.FACILITATORS)


MORE_OPEN = '<details class="more more--fields" open>'


@pytest.mark.parametrize(
    "said", [{"tags": "a"}, {"language": ""}, {"used_for": "x" * 2001}, {"description": "Words"}]
)
def test_more_about_it_opens_where_something_in_it_was_filled_or_refused(
    browse, cast, themes, said
):
    mia = browse(cast.mia)
    assert MORE_OPEN not in mia.get(new(cast.cohort)).content.decode()
    plain = filled(themes, language="en")
    assert MORE_OPEN not in mia.post(new(cast.cohort), plain).content.decode()
    assert MORE_OPEN in mia.post(new(cast.cohort), {**plain, **said}).content.decode()


def test_who_may_edit_is_told_what_is_missing_for_those_who_cannot_see_or_hear(browse, cast, add):
    picture = add(cast.mia, made.photo(), "a.jpg", title="Photo")
    film = add(cast.mia, title="Film", kind="recording", url="https://example.org/film")
    mia = browse(cast.mia)
    for resource, words, field in (
        (picture, "what the picture shows", "alt"),
        (film, "where captions or a transcript are", "captions"),
    ):
        address = resource.get_absolute_url()
        assert words in mia.get(address).content.decode()
        assert words not in browse(cast.obi).get(address).content.decode()
        Resource.objects.filter(pk=resource.pk).update(**{field: "Said"})
        assert words not in mia.get(address).content.decode()


def test_the_form_asks_only_what_fits_the_file(browse, cast, add):
    def asked(resource):
        address = reverse("resources:resource_edit", args=[cast.cohort.slug, resource.pk])
        return {"alt", "captions"} & set(browse(cast.mia).get(address).context["form"].fields)

    assert asked(add(cast.mia)) == set()
    assert asked(add(cast.mia, made.photo(), "a.jpg")) == {"alt"}
    assert asked(add(cast.mia, kind="recording")) == {"captions"}


# ---------------------------------------------------------------- its page


def test_a_page_tells_what_a_resource_is(browse, cast, add):
    resource = add(
        cast.mia, description="Signed in May.", used_for="With the hospital.", tags=["mou"]
    )

    page = browse(cast.obi).get(resource.get_absolute_url()).content.decode()

    for words in ("Agreement", "MOU.pdf", "PDF", "Signed in May.", "With the hospital.", "Mia"):
        assert words in page
    assert "Edit" not in page


def test_names_and_titles_never_become_html(browse, cast, add):
    resource = add(
        cast.mia, title="<script>alert(1)</script>", name="<img src=x>.pdf", tags=["<b>x"]
    )
    for address in (resource.get_absolute_url(), library(cast.cohort)):
        page = browse(cast.mia).get(address).content.decode()
        assert not re.search(r"<script>alert|<img src=x|<b>x", page)


def test_a_page_asks_the_same_for_one_and_for_three(
    browse, cast, add, untracked, django_assert_num_queries
):
    one = add(cast.mia, tags=["a"])
    three = add(cast.mia, tags=["a", "b", "c"])
    mia = browse(cast.mia)
    mia.get(one.get_absolute_url())
    for resource in (one, three):
        with django_assert_num_queries(10):
            mia.get(resource.get_absolute_url())


def test_editing_keeps_the_file_or_replaces_it(browse, cast, themes, add):
    resource = add(cast.mia)
    address = reverse("resources:resource_edit", args=[cast.cohort.slug, resource.pk])
    mia = browse(cast.mia)

    mia.post(address, filled(themes, title="Renamed"))
    resource.refresh_from_db()
    assert (resource.title, resource.versions.count()) == ("Renamed", 1)

    file = SimpleUploadedFile("new.docx", made.docx_file())
    mia.post(address, filled(themes, file=file))
    resource.refresh_from_db()
    assert resource.current_version.name == "new.docx"


def test_the_form_to_edit_shows_what_was_said(browse, cast, add):
    said = "One.\n\n* a\n* b\n\nTwo."
    resource = add(cast.mia, description=said, tags=["mou"], audience=Audience.TEAM)
    address = reverse("resources:resource_edit", args=[cast.cohort.slug, resource.pk])

    form = browse(cast.fay).get(address).context["form"]

    assert form["description"].value() == said
    assert form["tags"].value() == "mou"
    assert form["audience"].value() == "team"
    assert "team" in [value for value, _ in form.fields["audience"].choices]


def test_removing_asks_first(browse, cast, add):
    resource = add(cast.mia)
    address = reverse("resources:resource_remove", args=[cast.cohort.slug, resource.pk])
    mia = browse(cast.mia)

    assert "cannot be brought back" in mia.get(address).content.decode()
    assert Resource.objects.count() == 1
    mia.post(address)
    assert (Resource.objects.count(), FileVersion.objects.count()) == (0, 0)
