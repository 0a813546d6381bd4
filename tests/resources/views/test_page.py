"""A resource's own page: read, edited, removed."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cohort.models import Audience
from resources.models import FileVersion, Resource
from tests import made_files as made
from tests.resources.views import filled, library

pytestmark = pytest.mark.django_db


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
