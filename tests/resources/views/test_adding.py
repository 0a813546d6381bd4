"""Files and links are added, and what is wrong is said beside it."""

from unittest import mock

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.urls import reverse

from cohort.files import NotStored
from cohort.models import Audience
from resources.models import Resource
from tests import made_files as made
from tests.resources.views import filled, new

pytestmark = pytest.mark.django_db


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
