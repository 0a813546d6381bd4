"""An older state of a resource, brought back."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cohort.files import check_upload
from resources import services
from resources.models import Contents, FileVersion, Resource, WrittenPage
from tests import made_files as made
from tests.resources.views import filled

pytestmark = pytest.mark.django_db


@pytest.fixture
def replace():
    def replaced(resource, data, name, by):
        file = check_upload(ContentFile(data, name), takes_other=True)
        return services.add_version(resource=resource, added_by=by, file=file)

    return replaced


def restoring(resource, number, view="version_restoring"):
    return reverse(f"resources:{view}", args=[resource.cohort.slug, resource.pk, number])


def words_of(answer):
    return [str(message) for message in answer.context["messages"]]


def test_an_older_file_is_given_again_and_the_newer_one_is_kept(
    browse, cast, add, replace, files_kept
):
    resource = add(cast.mia, made.pdf("one"))
    replace(resource, made.docx_file(), "draft.docx", cast.mia)

    answer = browse(cast.fay).post(restoring(resource, 1), follow=True)

    assert words_of(answer) == ["Version 1 is back, as the newest one. Nothing was thrown away."]
    resource.refresh_from_db()
    newest = resource.current_version
    assert [(v.number, v.name, v.note, v.added_by) for v in resource.versions.all()] == [
        (3, "MOU.pdf", "Version 1 again.", cast.fay),
        (2, "draft.docx", "", cast.mia),
        (1, "MOU.pdf", "", cast.mia),
    ]
    assert newest.content_type == "application/pdf"
    assert newest.sha256 == resource.versions.get(number=1).sha256
    assert newest.contents.state == Contents.State.WAITING
    assert len(files_kept()) == 3


def test_bringing_back_what_is_given_changes_nothing(browse, cast, add, files_kept):
    resource = add(cast.mia)
    browse(cast.mia).post(restoring(resource, 1))
    assert (resource.versions.count(), len(files_kept())) == (1, 1)


def test_a_file_that_nothing_looks_into_comes_back_as_it_is(cast, add, replace):
    resource = add(cast.mia)
    other = replace(resource, b"\0\1\2 some words", "notes.xyz", cast.mia)
    replace(resource, made.pdf("two"), "two.pdf", cast.mia)
    resource.refresh_from_db()

    back = services.restore_version(resource=resource, version=other, by=cast.mia)

    assert (back.name, back.content_type) == (other.name, other.content_type)


def test_a_file_that_cannot_be_read_changes_nothing(browse, cast, add, replace):
    resource = add(cast.mia, made.pdf("one"))
    replace(resource, made.pdf("two"), "two.pdf", cast.mia)
    first = resource.versions.get(number=1)
    first.file.storage.delete(first.file.name)

    answer = browse(cast.mia).post(restoring(resource, 1), follow=True)

    assert "nothing was changed" in words_of(answer)[0]
    assert resource.versions.count() == 2


def test_a_file_of_another_resource_is_not_brought_back(browse, cast, add, replace):
    other = add(cast.mia)
    replace(other, made.pdf("two"), "two.pdf", cast.mia)
    resource = add(cast.mia, made.pdf("mine"))
    assert browse(cast.mia).post(restoring(resource, 2)).status_code == 404


def test_a_hundred_files_are_enough_and_the_form_comes_back(
    browse, cast, themes, add, replace, files_kept, monkeypatch
):
    monkeypatch.setattr(FileVersion, "MOST", 2)
    resource = add(cast.mia, made.pdf("one"))
    replace(resource, made.pdf("two"), "two.pdf", cast.mia)
    mia = browse(cast.mia)

    answer = mia.post(restoring(resource, 1), follow=True)
    assert "has had a hundred files" in words_of(answer)[0]

    edit = reverse("resources:resource_edit", args=[cast.cohort.slug, resource.pk])
    file = SimpleUploadedFile("three.docx", made.docx_file())
    form = mia.post(edit, filled(themes, title="Renamed", file=file))
    assert form.status_code == 422
    page = form.content.decode()
    assert "has had a hundred files" in page
    assert 'value="Renamed"' in page
    assert (resource.versions.count(), len(files_kept())) == (2, 2)
    assert Resource.objects.get().title == "Agreement"


def test_a_page_says_again_what_it_said(browse, cast, themes, add):
    linked = add(cast.mia)
    first = f'<p><a href="{linked.get_absolute_url()}">Agreement</a></p>'
    resource = services.add_resource(
        added_by=cast.mia, title="Days", kind="article", themes=[themes["leaders"]], page=first
    )
    said = {"title": "Days", "kind": "article", "themes": [themes["leaders"]]}
    services.edit_page(
        resource=resource, editor=cast.mia, html="<p>Other words.</p>", version=1, **said
    )
    resource.refresh_from_db()
    assert resource.references == []

    answer = browse(cast.mia).post(restoring(resource, 1, "page_restoring"), follow=True)

    assert words_of(answer) == ["Version 1 is back, as the newest one. Nothing was thrown away."]
    resource.refresh_from_db()
    assert (resource.current_page.number, resource.current_page.html) == (3, first)
    assert resource.references == [linked.reference]
    assert WrittenPage.objects.count() == 3


def test_buttons_are_there_for_whoever_may_and_not_beside_the_newest(browse, cast, add, replace):
    resource = add(cast.mia, made.pdf("one"))
    replace(resource, made.pdf("two"), "two.pdf", cast.mia)
    for member, is_there in ((cast.mia, True), (cast.fay, True), (cast.theo, False)):
        page = browse(member).get(resource.get_absolute_url()).content.decode()
        assert (restoring(resource, 1) in page) == is_there
        assert restoring(resource, 2) not in page
