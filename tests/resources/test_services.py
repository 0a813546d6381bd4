import hashlib
import uuid
from pathlib import Path
from unittest import mock

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, OperationalError

from cohort.files import NotStored, check_upload
from cohort.models import Audience, AuditEntry, Tag
from resources import services
from resources.models import FileVersion, Resource
from tests import made_files as made

pytestmark = pytest.mark.django_db


def test_adding_a_file_keeps_it_as_it_is_under_a_name_that_tells_nothing(mia, add, files_kept):
    data = made.pdf()

    resource = add(mia, data, "MOU with Harbor.pdf")

    version = resource.current_version
    assert [path.read_bytes() for path in files_kept()] == [data]
    assert "MOU" not in version.file.name
    assert (version.number, version.name) == (1, "MOU with Harbor.pdf")
    assert (version.content_type, version.size) == ("application/pdf", len(data))
    assert version.sha256 == hashlib.sha256(data).hexdigest()


def test_adding_says_all_that_was_said(mia, themes, add):
    resource = add(
        mia,
        description="First.\n\nSecond <b>x</b>.",
        used_for=" With the college. ",
        tags=["MOU", "Co-op"],
        audience=Audience.TEAM,
    )

    resource.refresh_from_db()
    assert resource.description == "<p>First.</p><p>Second &lt;b&gt;x&lt;/b&gt;.</p>"
    assert resource.description_text == "First.\n\nSecond <b>x</b>."
    assert resource.used_for == "With the college."
    assert (resource.audience, resource.team) == (Audience.TEAM, mia.team)
    assert list(resource.themes.all()) == [themes["leaders"]]
    assert sorted(tag.name for tag in resource.tags.all()) == ["Co-op", "MOU"]


def test_tags_are_the_cohorts_own_and_made_once(mia, olga, add):
    add(mia, tags=["Co-op", "MOU"])
    add(mia, tags=["co op", "mou"])
    add(olga, tags=["MOU"])

    assert sorted(Tag.objects.values_list("cohort__slug", "name")) == [
        ("autumn", "MOU"),
        ("spring", "Co-op"),
        ("spring", "MOU"),
    ]


def test_the_same_form_sent_twice_is_one_resource_and_one_file(mia, add, files_kept):
    key = uuid.uuid4()

    assert add(mia, form_key=key) == add(mia, form_key=key)
    assert (Resource.objects.count(), len(files_kept())) == (1, 1)


def test_two_of_the_same_form_at_once_are_one_resource_and_one_file(mia, add, files_kept):
    key = uuid.uuid4()
    first = add(mia, form_key=key)

    # The second looked before the first had come to be.
    with mock.patch("resources.services.resources._sent_before", side_effect=[None, first]):
        assert add(mia, form_key=key) == first
    assert (Resource.objects.count(), len(files_kept())) == (1, 1)


def test_a_form_key_of_somebody_else_gives_nothing_away(mia, tia, add, files_kept):
    key = uuid.uuid4()
    add(mia, form_key=key, audience=Audience.TEAM)

    with pytest.raises(IntegrityError):
        add(tia, form_key=key)
    assert (Resource.objects.count(), len(files_kept())) == (1, 1)


def test_a_full_disk_leaves_neither_row_nor_file(mia, add, files_kept):
    def fill_up(path, content):
        half = Path(default_storage.path(path))
        half.parent.mkdir(parents=True)
        half.write_bytes(content.read(10))
        raise OSError(28, "No space left on device")

    with (
        mock.patch.object(default_storage, "save", side_effect=fill_up) as save,
        pytest.raises(NotStored),
    ):
        add(mia)
    assert save.called
    assert (Resource.objects.count(), FileVersion.objects.count(), files_kept()) == (0, 0, [])


def test_a_row_that_does_not_come_to_be_takes_its_file_back(mia, add, files_kept):
    with (
        mock.patch("resources.services.resources.tags_named", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        add(mia)
    assert (Resource.objects.count(), files_kept()) == (0, [])


def test_a_connection_lost_while_saving_keeps_the_file_because_the_row_may_be_there(
    mia, add, files_kept
):
    with (
        mock.patch("resources.services.resources.tags_named", side_effect=OperationalError),
        pytest.raises(OperationalError),
    ):
        add(mia)
    assert len(files_kept()) == 1


def test_a_new_version_keeps_the_address_and_the_old_bytes(mia, theo, add, files_kept):
    resource = add(mia, made.pdf("one"))
    file = check_upload(ContentFile(made.pdf("two"), "MOU-2.pdf"))

    services.add_version(resource=resource, added_by=theo, file=file)

    resource.refresh_from_db()
    assert [(v.number, v.name, v.added_by) for v in resource.versions.all()] == [
        (2, "MOU-2.pdf", theo),
        (1, "MOU.pdf", mia),
    ]
    assert resource.current_version.number == 2
    assert len(files_kept()) == 2


def test_the_same_file_again_is_no_new_version(mia, add, files_kept):
    resource = add(mia)
    file = check_upload(ContentFile(made.pdf(), "again.pdf"))

    services.add_version(resource=resource, added_by=mia, file=file)

    assert (resource.versions.count(), len(files_kept())) == (1, 1)


def test_a_file_that_came_twice_at_once_is_one_version(mia, theo, add, files_kept):
    add(mia, made.pdf("one"))
    theirs, mine = Resource.objects.get(), Resource.objects.get()
    kept = [
        services.add_version(
            resource=resource,
            added_by=by,
            file=check_upload(ContentFile(made.pdf("two"), "two.pdf")),
        )
        for resource, by in [(theirs, theo), (mine, mia)]
    ]

    assert kept[0] == kept[1]
    assert [version.added_by for version in theirs.versions.all()] == [theo, mia]
    assert len(files_kept()) == 2


def test_editing_changes_what_is_said(mia, themes, add):
    resource = add(mia, tags=["mou"], audience=Audience.TEAM)

    services.edit_resource(
        resource=resource,
        editor=mia,
        title="Better",
        kind="template",
        themes=[themes["drivers"]],
        tags=["draft"],
        description="New.",
    )

    resource.refresh_from_db()
    assert (resource.title, resource.kind, resource.audience, resource.team) == (
        "Better",
        "template",
        "cohort",
        None,
    )
    assert [theme.slug for theme in resource.themes.all()] == ["drivers"]
    assert [tag.name for tag in resource.tags.all()] == ["draft"]


def test_editing_leaves_a_file_that_somebody_else_replaced_meanwhile(mia, fay, add):
    read_before = add(mia)
    file = check_upload(ContentFile(made.pdf("two"), "MOU-2.pdf"))
    newer = services.add_version(
        resource=Resource.objects.get(pk=read_before.pk), added_by=fay, file=file
    )

    services.edit_resource(
        resource=read_before, editor=mia, title="Better", kind="article", themes=[]
    )

    kept = Resource.objects.get()
    assert (kept.title, kept.current_version) == ("Better", newer)


def test_a_facilitator_who_edits_leaves_a_team_its_own(mia, fay, add):
    resource = add(mia, audience=Audience.TEAM)

    services.edit_resource(
        resource=resource, editor=fay, title="x", kind="article", themes=[], audience="team"
    )

    assert resource.team == mia.team


def test_removing_deletes_the_bytes_once_the_rows_are_gone(
    mia, add, files_kept, django_capture_on_commit_callbacks
):
    resource = add(mia)
    other = add(mia, made.pdf("other"))
    file = check_upload(ContentFile(made.pdf("two"), "MOU-2.pdf"))
    services.add_version(resource=resource, added_by=mia, file=file)
    assert len(files_kept()) == 3

    with django_capture_on_commit_callbacks() as callbacks:
        services.remove_resource(resource=resource, actor=mia)
    assert len(files_kept()) == 3
    for callback in callbacks:
        callback()

    assert list(Resource.objects.all()) == [other]
    assert [path.read_bytes() for path in files_kept()] == [made.pdf("other")]
    assert not AuditEntry.objects.exists()


def test_removing_what_somebody_else_added_leaves_a_trace(mia, fay, add):
    services.remove_resource(resource=add(mia, title="MOU"), actor=fay)

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.actor_name) == ("resource.remove", "MOU", "Fay")
