"""ClamAV: a real clamd where one is installed, and a server that speaks its protocol as badly as
one may."""

import os
import pwd
import shutil
import subprocess
import time

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from cohort.files import FileRefused, check_upload
from cohort.files.scanning import Infected, ScannerAway, scan
from resources.models import Resource
from tests.ports import free_port

# Harmless: the words by which our own test signature below knows a file.
MARK = b"cohort-test-signature-5d41402abc4b2a76"


def upload(data: bytes = b"0123456789", name: str = "digits.txt"):
    return check_upload(ContentFile(data, name))


def test_a_clean_file_is_kept_as_it_is(clamd):
    checked = upload(b"x" * 200_000)
    assert clamd.streams == [b"x" * 200_000]
    assert checked.file.read() == b"x" * 200_000


def test_without_a_scanner_nobody_is_asked(settings):
    assert settings.CLAMAV == ""
    assert upload().size == 10


def test_what_is_found_is_refused_in_words(clamd):
    clamd.answer = b"stream: Win.Test.EICAR_HDB-1 FOUND\0"
    with pytest.raises(FileRefused, match="virus"):
        upload()


@pytest.mark.parametrize(
    "answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"UNKNOWN COMMAND\0", b"\xff\0"]
)
def test_a_scanner_that_cannot_say_is_away(clamd, answer):
    clamd.answer = answer
    with pytest.raises(FileRefused, match="cannot look for viruses"):
        upload()


def test_all_of_it_has_one_clock(clamd):
    clamd.hangs_for = 8.0
    begun = time.monotonic()
    with pytest.raises(ScannerAway):
        scan([b"x"], seconds=0.3)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("where", ["127.0.0.1:9", "/nowhere/clamd.ctl", "nowhere.invalid:3310"])
def test_a_scanner_that_is_away_is_told(settings, where):
    settings.CLAMAV = where
    with pytest.raises(FileRefused, match="cannot look for viruses"):
        upload()


def test_a_site_may_take_files_unscanned(settings, caplog):
    settings.CLAMAV, settings.CLAMAV_AWAY = "127.0.0.1:9", "take"
    assert upload().size == 10
    assert "was taken without being scanned" in caplog.text


@pytest.mark.django_db
def test_a_form_comes_back_with_what_was_typed(browse, cast, themes, clamd):
    clamd.answer = b"stream: Eicar FOUND\0"
    form = {
        "title": "Agreement with the hospital", "kind": "agreement", "audience": "cohort",
        "themes": themes["leaders"].pk, "file": ContentFile(b"0123456789", "digits.txt"),
    }  # fmt: skip
    page = browse(cast.mia).post(
        reverse("resources:resource_create", args=[cast.cohort.slug]), form
    )
    assert page.status_code == 422
    assert 'value="Agreement with the hospital"' in page.content.decode()
    assert "virus" in page.content.decode()
    assert not Resource.objects.exists()


def test_a_real_clamd_finds_what_it_knows(tmp_path, settings):
    """With a signature of our own: what it would fetch from the web is not needed for that."""
    program = shutil.which("clamd", path=f"{os.environ['PATH']}:/usr/sbin")
    if not program:
        pytest.skip("no clamd here")
    database = tmp_path / "signatures"
    database.mkdir()
    (database / "ours.ndb").write_text(f"Cohort.Test:0:*:{MARK.hex()}\n")
    port = free_port()
    config = tmp_path / "clamd.conf"
    config.write_text(
        f"DatabaseDirectory {database}\nTCPSocket {port}\nTCPAddr 127.0.0.1\nForeground yes\n"
        f"StreamMaxLength 1M\nUser {pwd.getpwuid(os.getuid()).pw_name}\n"
    )
    process = subprocess.Popen(
        [program, "--config-file", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    settings.CLAMAV = f"127.0.0.1:{port}"
    try:
        until_it_answers()
        assert upload().size == 10
        with pytest.raises(Infected, match=r"Cohort\.Test\.UNOFFICIAL"):
            scan([b"some words, ", MARK, b" and others"])
        with pytest.raises(FileRefused, match="virus"):
            upload(b"some words, " + MARK, "words.txt")
        with pytest.raises(ScannerAway, match="size limit"):
            scan([b"x" * 65_536] * 40)
    finally:
        process.terminate()
        process.communicate(timeout=20)


def until_it_answers() -> None:
    ends = time.monotonic() + 60
    while True:
        try:
            scan([b"x"])
            return
        except ScannerAway:
            assert time.monotonic() < ends, "clamd did not come up"
            time.sleep(0.2)
