"""What came while the virus scanner was away is looked at once it is back."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from cohort import late_scans
from cohort.files import check_upload
from cohort.models import Audience, AuditEntry, Membership, UnscannedFile
from cohort.tasks import scan_files
from config.celery import app
from forums import services as forums
from forums.models import Attachment
from notifications import withdrawn_files
from notifications.models import Delivery
from resources import services
from resources.models import FileVersion, Resource
from tests import made_files as made
from tests.factories import SpaceFactory

pytestmark = pytest.mark.django_db

BAD = b"words that our signature knows, and nobody else"
FOUND = b"stream: Cohort.Test FOUND\0"


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    """Nobody is told of new mail: the test itself is the worker."""
    from notifications import tasks

    monkeypatch.setattr(tasks, "poke", lambda: None)


@pytest.fixture
def taken(settings, clamd):
    """What is checked within comes while the scanner is away; afterwards it is back."""
    settings.CLAMAV_AWAY = "take"
    clamd.answer_to = lambda stream: FOUND if BAD in stream else b"stream: OK\0"

    def checked(data, name="notes.txt"):
        settings.CLAMAV = "127.0.0.1:9"
        try:
            return check_upload(ContentFile(data, name))
        finally:
            settings.CLAMAV = clamd.address

    return checked


def add(member, file, **said) -> Resource:
    return services.add_resource(
        added_by=member, title="Minutes", kind="article", themes=[], file=file, **said
    )


def scan(commits) -> None:
    """As the beat has it done, a minute later."""
    UnscannedFile.objects.update(not_before=timezone.now())
    with commits(execute=True):
        scan_files()


def files_kept(settings) -> list[str]:
    return sorted(path.name for path in settings.MEDIA_ROOT.rglob("*") if path.is_file())


def told() -> list[tuple[str, str, str]]:
    """Who is told by mail, of which file and where it was."""
    rows = Delivery.objects.filter(kind=withdrawn_files.KIND).order_by("recipient__user__name")
    return [(str(row.recipient), row.params["name"], row.params["place"]) for row in rows]


def test_what_was_scanned_does_not_wait(cast, clamd):
    add(cast.mia, check_upload(ContentFile(b"words", "notes.txt")))
    assert not UnscannedFile.objects.exists()


def test_a_clean_file_is_looked_at_once_and_stays(
    cast, clamd, taken, django_capture_on_commit_callbacks
):
    resource = add(cast.mia, taken(b"clean words"))
    waiting = UnscannedFile.objects.get()
    assert waiting.path == resource.current_version.file.name
    scan_files()
    assert clamd.streams == []  # its row may be on its way
    for _twice in range(2):
        scan(django_capture_on_commit_callbacks)
    assert (clamd.streams, UnscannedFile.objects.count()) == ([b"clean words"], 0)
    assert default_storage.exists(resource.current_version.file.name)
    assert told() == []


def test_of_several_versions_the_bad_one_goes(
    browse, cast, taken, django_capture_on_commit_callbacks
):
    resource = add(cast.mia, taken(b"first"))
    bad = services.add_version(resource=resource, added_by=cast.theo, file=taken(BAD))
    scan(django_capture_on_commit_callbacks)

    resource.refresh_from_db()
    assert [version.number for version in resource.versions.all()] == [1]
    assert resource.current_version.number == 1
    assert not default_storage.exists(bad.file.name)
    place = reverse("resources:resource_download", args=[cast.cohort.slug, resource.pk])
    assert b"".join(browse(cast.obi).get(place)) == b"first"
    assert browse(cast.obi).get(f"{place[:-5]}versions/2/file/").status_code == 404
    assert told() == [(name, "notes.txt", "Minutes") for name in ("Fay", "Mia", "Theo")]
    entry = AuditEntry.objects.get(action="file.withdrawn")
    assert (entry.subject, entry.details["found"]) == ("notes.txt", "Cohort.Test")


def test_an_older_version_goes_and_the_newest_stays(
    cast, taken, django_capture_on_commit_callbacks
):
    resource = add(cast.mia, taken(BAD))
    services.add_version(resource=resource, added_by=cast.mia, file=taken(b"second"))
    scan(django_capture_on_commit_callbacks)
    resource.refresh_from_db()
    assert [version.number for version in resource.versions.all()] == [2]
    assert resource.current_version.number == 2


def test_with_its_only_file_the_resource_goes_and_its_pictures(
    cast, taken, settings, django_capture_on_commit_callbacks
):
    resource = add(cast.mia, taken(made.pdf() + BAD, "minutes.pdf"))
    drawn = default_storage.save("pagepicture/drawn", ContentFile(b"RIFF"))
    contents = resource.current_version.contents
    contents.pictures.create(number=1, file=drawn, width=1, height=1, sha256="0" * 64)
    assert len(files_kept(settings)) == 2
    scan(django_capture_on_commit_callbacks)
    assert (Resource.objects.count(), FileVersion.objects.count(), files_kept(settings)) == (
        0,
        0,
        [],
    )
    assert told() == [(name, "minutes.pdf", "Minutes") for name in ("Fay", "Mia")]


def test_a_file_in_a_post_and_one_in_none_go_as_well(
    browse, cast, taken, settings, django_capture_on_commit_callbacks
):
    files = [
        forums.add_attachment(member=cast.mia, checked=taken(BAD + end, f"{name}.txt"))
        for name, end in (("posted", b"1"), ("waiting", b"2"))
    ]
    thread = forums.start_thread(
        space=SpaceFactory(cohort=cast.cohort),
        author=cast.mia,
        title="Trust",
        themes=[],
        body=forums.attachment_html(files[0]),
    )
    assert browse(cast.theo).get(files[0].get_absolute_url()).status_code == 200
    scan(django_capture_on_commit_callbacks)
    assert browse(cast.theo).get(files[0].get_absolute_url()).status_code == 404
    assert browse(cast.theo).get(thread.get_absolute_url()).status_code == 200
    assert (Attachment.objects.count(), files_kept(settings)) == (0, [])
    assert sorted(told()) == sorted(
        (name, *words)
        for name in ("Fay", "Mia")
        for words in (("posted.txt", "Trust"), ("waiting.txt", ""))
    )


def test_the_title_of_what_the_owner_sees_no_more_is_not_told(
    cast, taken, django_capture_on_commit_callbacks
):
    add(cast.mia, taken(BAD), audience=Audience.TEAM)
    Membership.objects.filter(pk=cast.mia.pk).update(team=cast.other_team)
    scan(django_capture_on_commit_callbacks)
    assert told() == [(name, "notes.txt", "") for name in ("Fay", "Mia")]


def test_while_the_scanner_is_away_files_wait(
    cast, clamd, taken, settings, django_capture_on_commit_callbacks
):
    for text in (b"one", b"two"):
        add(cast.mia, taken(text))
    settings.CLAMAV = "127.0.0.1:9"
    scan(django_capture_on_commit_callbacks)
    waiting = UnscannedFile.objects.order_by("pk")
    assert list(waiting.values_list("tries", flat=True)) == [1, 0]
    settings.CLAMAV = ""
    scan(django_capture_on_commit_callbacks)
    assert UnscannedFile.objects.count() == 2
    settings.CLAMAV = clamd.address
    scan(django_capture_on_commit_callbacks)
    assert (sorted(clamd.streams), UnscannedFile.objects.count()) == ([b"one", b"two"], 0)


def test_what_it_can_never_look_at_holds_up_no_other(
    cast, clamd, taken, django_capture_on_commit_callbacks
):
    large = b"INSTREAM size limit exceeded. ERROR\0"
    clamd.answer_to = lambda stream: large if stream == b"large" else b"stream: OK\0"
    add(cast.mia, taken(b"large"))
    add(cast.mia, taken(b"small"))
    scan(django_capture_on_commit_callbacks)
    with django_capture_on_commit_callbacks(execute=True):
        scan_files()
    waiting = UnscannedFile.objects.get()
    assert clamd.streams == [b"large", b"small"]
    assert timedelta() < waiting.not_before - timezone.now() <= late_scans.AGAIN


def test_what_was_removed_meanwhile_is_forgotten(
    cast, clamd, taken, django_capture_on_commit_callbacks
):
    resource = add(cast.mia, taken(b"words"))
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_resource(resource=resource, actor=cast.mia)
    scan(django_capture_on_commit_callbacks)
    assert (clamd.streams, UnscannedFile.objects.count()) == ([], 0)


def test_what_one_worker_has_the_other_leaves(cast, clamd, taken):
    add(cast.mia, taken(b"words"))
    UnscannedFile.objects.update(not_before=timezone.now())
    assert late_scans._claim() is not None
    assert late_scans.scan_due(1) == 0
    assert clamd.streams == []


def test_its_mail_speaks_to_the_owner_and_to_facilitators(
    cast, taken, django_capture_on_commit_callbacks
):
    add(cast.mia, taken(BAD))
    scan(django_capture_on_commit_callbacks)
    Membership.objects.filter(pk=cast.fay.pk).update(role="observer")
    rows = Delivery.objects.select_related("recipient__user", "recipient__cohort", "cohort")
    outcomes = {str(row.recipient): mail for row, mail in withdrawn_files.compose(list(rows))}
    assert outcomes["Mia"].subject == "A file was taken away: notes.txt"
    assert "found “Cohort.Test” in it" in outcomes["Mia"].text
    assert outcomes["Fay"].reason == "gone"


def test_the_beat_asks_each_minute():
    due = [row for row in app.conf.beat_schedule.values() if row["task"] == scan_files.name]
    assert [row["schedule"] for row in due] == [60.0]
