"""The file itself: its marks, its packing, what is none, and by which options it comes."""

import gzip
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from forums.mail_archive import importing
from forums.mail_archive.reading import read_mails
from forums.models import Post
from tests.forums.mail_archive import mail, shape


def test_sentences_that_begin_with_from_are_no_mails(tmp_path):
    text = "Hello.\n\nFrom here on at 10:30 2024 we walk.\n\nFrom: a line\n\n>From the top."
    path = tmp_path / "a.mbox"
    path.write_bytes(mail("1", body=text) + mail("2"))

    with path.open("rb") as file:
        assert [each.message_id for each in read_mails(file)] == [
            "1@mail.example.org",
            "2@mail.example.org",
        ]


def test_marks_before_from_are_taken_off(bring):
    bring(mail(body="Hello.\n>From the top.\n>>From below.\nSo."))

    assert Post.objects.get().body_text == "Hello.\nFrom the top.\n\nFrom below.\n\nSo."


def test_carriage_returns_and_gzip_are_read(commons, themes, tmp_path):
    path = tmp_path / "a.mbox.gz"
    path.write_bytes(gzip.compress((mail("1") + mail("2", answers="1")).replace(b"\n", b"\r\n")))
    call_command("import_mbox", str(path), cohort="spring", space="commons", stdout=StringIO())

    assert shape() == [(1, None), (2, 1)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This file is empty."),
        (b"PK\x03\x04zip", "This is a ZIP archive"),
        (b"Dear all,\n", "This is no mbox"),
        (b"\x1f\x8bnot really", "This gzip file is damaged."),
    ],
)
def test_what_is_no_archive_is_told(commons, themes, tmp_path, content, words):
    path = tmp_path / "a"
    path.write_bytes(content)

    with pytest.raises(CommandError, match=words):
        call_command("import_mbox", str(path), cohort="spring", space="commons")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"cohort": "no"}, "There is no cohort “no”"),
        ({"space": "no"}, "There is no space “no” in Spring"),
        ({"theme": "no"}, "There is no theme “no”"),
        ({"report": "/nowhere/r.csv"}, "There is no folder /nowhere"),
    ],
)
def test_wrong_options_are_told(bring, options, words):
    with pytest.raises(CommandError, match=words):
        bring(mail("1"), **options)
    assert Post.objects.count() == 0


def test_missing_files_are_told(commons, themes, tmp_path):
    for place, words in (("none", "There is no file"), ("", "cannot be read: Is a directory")):
        with pytest.raises(CommandError, match=words):
            call_command("import_mbox", str(tmp_path / place), cohort="spring", space="commons")


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_are_refused(bring, cast):
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [importing._LOCK, cast.cohort.pk])
        with pytest.raises(CommandError, match="Another import into this cohort"):
            bring(mail("1"))
    finally:
        other.close()
    assert connection.is_usable()
