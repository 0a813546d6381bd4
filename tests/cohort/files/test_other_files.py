"""What nothing here looks into: taken where a room says so, as bytes; programs and bombs never."""

import time
import tracemalloc

import pytest
from django.core.files.base import ContentFile

from cohort.files import FileRefused, check_upload
from cohort.files.types import BYTES
from tests import made_files as made


def upload(data, name="file"):
    return ContentFile(data, name)


OTHER = [
    (made.with_macros(), "plan.docm", "plan.docm"),
    (b"<svg onload='x()'/>", "drawing.svg", "drawing.svg"),
    (b"<!doctype html><script>x()</script>", "page.html", "page.html"),
    (b"<!doctype html><script>x()</script>", "page.pdf", "page.bin"),
    (b"\xd0\xcf\x11\xe0" + bytes(600), "old.doc", "old.doc"),
    (b"\x00\x01\x02 something", "survey.sav", "survey.sav"),
    (b"\x00\x01\x02 something", "no ending", "no ending.bin"),
    (b"{\\rtf1 words}", "letter.rtf", "letter.rtf"),
    (made.archive([("a.txt", "words")]), "all.zip", "all.zip"),
]


@pytest.mark.parametrize(("data", "name", "kept"), OTHER, ids=[row[1] for row in OTHER])
def test_other_files_are_bytes_where_they_are_taken_and_refused_elsewhere(data, name, kept):
    with pytest.raises(FileRefused):
        check_upload(upload(data, name))
    checked = check_upload(upload(data, name), takes_other=True)
    assert (checked.name, checked.content_type, checked.file.read()) == (kept, BYTES, data)


@pytest.mark.parametrize(
    "data",
    [
        b"MZ" + bytes(90), b"\x7fELF" + bytes(90), b"\xcf\xfa\xed\xfe" + bytes(90),
        b"\xfe\xed\xfa\xce" + bytes(90), b"\xca\xfe\xba\xbe" + bytes(90),
        b"#!/bin/sh\nrm -r /", b"\xef\xbb\xbf#!/usr/bin/env python",
        bytes(4096) + b"koly" + bytes(508),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["setup.exe", "survey.sav", "photo.jpg", "noending"])
def test_programs_are_refused_whatever_they_are_called(data, name):
    with pytest.raises(FileRefused, match="program"):
        check_upload(upload(data, name), takes_other=True)


@pytest.mark.parametrize("name", ["a.bat", "a.JS", "a.vbs", "a.ps1", "a.hta", "a.jar", "a.lnk"])
def test_what_runs_by_its_name_is_refused(name):
    with pytest.raises(FileRefused, match="program"):
        check_upload(upload(b"echo words", name), takes_other=True)


@pytest.mark.parametrize(
    "bomb", [made.bomb, made.overlapping_bomb, lambda: made.archive([("a", bytes(300_000_000))])]
)
def test_bombs_are_refused_at_once_and_cost_nothing(bomb):
    data = bomb()
    tracemalloc.start()
    begun = time.process_time()
    with pytest.raises(FileRefused):
        check_upload(upload(data, "big.zip"), takes_other=True)
    assert time.process_time() - begun < 2
    assert tracemalloc.get_traced_memory()[1] < 100_000_000
    tracemalloc.stop()


def test_a_damaged_office_file_is_refused_and_not_taken_as_bytes():
    with pytest.raises(FileRefused, match="damaged"):
        check_upload(upload(made.docx_file()[:400], "plan.docx"), takes_other=True)
