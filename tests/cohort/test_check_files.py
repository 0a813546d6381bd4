import io
import os
import time

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from cohort.files import check_upload
from cohort.models import FileCheck
from cohort.tasks import check_files
from config.celery import app
from resources.services import add_resource

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(mia):
    file = check_upload(ContentFile(b"hello", "a.txt"))
    resource = add_resource(added_by=mia, title="A", kind="article", themes=[], file=file)
    return resource.current_version


def checked(*options):
    out, err = io.StringIO(), io.StringIO()
    call_command("check_files", *options, stdout=out, stderr=err)
    return out.getvalue().splitlines()


def orphan(age_in_days):
    path = default_storage.save(f"fileversion/ab/orphan-{age_in_days}", ContentFile(b"x"))
    moment = time.time() - age_in_days * 86_400
    os.utime(default_storage.path(path), (moment, moment))
    return path


def test_all_is_well_with_nothing_at_all():
    assert checked() == ["0 files, 0 rows with files: 0 missing, 0 without a row."]


def test_files_of_every_app_have_their_rows(version, mia):
    mia.user.photo.save("photo", ContentFile(b"x"))
    assert checked() == ["2 files, 2 rows with files: 0 missing, 0 without a row."]


def test_a_file_without_a_row_is_reported_and_kept(version):
    path = orphan(2)
    assert checked() == [
        f"Without a row: {path}",
        "2 files, 1 rows with files: 0 missing, 1 without a row.",
    ]
    assert default_storage.exists(path)


def test_only_old_orphans_are_deleted_and_no_living_file(version):
    old, young = orphan(2), orphan(0)

    assert checked("--delete-orphans")[:2] == [
        f"Without a row: {young} (younger than a day, kept)",
        f"Without a row: {old} (deleted)",
    ]
    assert [default_storage.exists(path) for path in (old, young, version.file.name)] == [
        False,
        True,
        True,
    ]


def test_a_row_without_its_file_fails_and_says_which(version):
    default_storage.delete(version.file.name)
    err = io.StringIO()
    with pytest.raises(CommandError, match="Restore them from a backup"):
        call_command("check_files", stdout=io.StringIO(), stderr=err)
    assert err.getvalue() == f"Missing: resources.FileVersion {version.pk} names {version.file}\n"


def test_each_night_what_was_found_is_kept(version, caplog):
    check_files()
    default_storage.delete(version.file.name)
    lost = orphan(2)
    check_files()

    later, earlier = FileCheck.objects.all()
    assert (earlier.files, earlier.rows, earlier.missing, earlier.report) == (1, 1, 0, "")
    assert (later.files, later.rows, later.missing, later.without_row) == (1, 1, 1, 1)
    told = f"Missing: resources.FileVersion {version.pk} names {version.file}"
    assert later.report.splitlines() == [told, f"Without a row: {lost}"]
    assert told in caplog.text


def test_beat_asks_for_it_by_its_name():
    nightly = app.conf.beat_schedule["check-files-at-night"]

    assert nightly["task"] == check_files.name
    assert nightly["schedule"].hour == {8}
