"""What may come in, and as what."""

import gc
import io
import time
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import TemporaryUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cohort.files import ACCEPT, FileRefused, check_upload
from tests import made_files as made


def upload(data: bytes, name: str = "file") -> ContentFile:
    return ContentFile(data, name)


def words_about(data: bytes, name: str = "file") -> str:
    with pytest.raises(FileRefused) as refused:
        check_upload(upload(data, name))
    return str(refused.value)


@pytest.mark.parametrize(
    ("data", "name", "kept_name", "content_type"),
    [
        (made.pdf(), "MOU.pdf", "MOU.pdf", "application/pdf"),
        (
            made.docx_file(),
            "plan.DOCX",
            "plan.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            made.xlsx(),
            "seats.xlsx",
            "seats.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (
            made.pptx_file(),
            "slides.pptx",
            "slides.pptx",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ),
        (made.odt(), "notes.odt", "notes.odt", "application/vnd.oasis.opendocument.text"),
        (
            made.odt("spreadsheet"),
            "sums.ods",
            "sums.ods",
            "application/vnd.oasis.opendocument.spreadsheet",
        ),
        (made.photo("JPEG"), "visit.jpeg", "visit.jpeg", "image/jpeg"),
        (made.photo("WEBP"), "visit.webp", "visit.webp", "image/webp"),
        (made.png_with_words(), "chart.png", "chart.png", "image/png"),
        (made.animated_gif(), "steps.gif", "steps.gif", "image/gif"),
        (b"team,seats\nHarbor,12\n", "seats.csv", "seats.csv", "text/csv"),
        ("Größe;Ort\n".encode("cp1252"), "old.csv", "old.csv", "text/csv"),
        ("team\tseats\n".encode("utf-16"), "excel.txt", "excel.txt", "text/plain"),
        (b"# Agenda\n<b>bold</b>\n", "agenda.md", "agenda.md", "text/markdown"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n", "talk.txt", "talk.vtt", "text/vtt"),
        (b"1\n00:00:01,000 --> 00:00:02,000\nHi\n", "t.srt", "t.srt", "application/x-subrip"),
    ],
)
def test_a_welcome_file_is_known_by_its_content(data, name, kept_name, content_type):
    checked = check_upload(upload(data, name))

    assert (checked.name, checked.content_type) == (kept_name, content_type)
    assert checked.size == len(checked.file.read())


@pytest.mark.parametrize(
    ("data", "claimed", "kept_name"),
    [
        (made.pdf(), "report.docx", "report.pdf"),
        (made.pdf(), "invoice.exe", "invoice.exe.pdf"),
        (made.pdf(), "page.html", "page.html.pdf"),
        (made.photo("JPEG"), "photo.png", "photo.jpg"),
        (made.docx_file(), "agreement", "agreement.docx"),
        (made.xlsx(), "budget.v2", "budget.v2.xlsx"),
        # A PDF that begins as one and goes on as something else is kept as the PDF it claims to be.
        (made.pdf() + b"<script>alert(1)</script>", "poly.html", "poly.html.pdf"),
        (made.pdf() + made.archive([("a.js", "x")]), "poly.zip", "poly.zip.pdf"),
    ],
)
def test_a_mistyped_file_gets_the_name_its_content_deserves(data, claimed, kept_name):
    assert check_upload(upload(data, claimed)).name == kept_name


@pytest.mark.parametrize(
    ("data", "name", "word"),
    [
        (b"<html><script>alert(1)</script></html>", "page.txt", "HTML"),
        (b"\xef\xbb\xbf  <!-- x --><!DOCTYPE html>", "page.md", "HTML"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "logo.svg", "SVG"),
        (b'<?xml version="1.0"?><svg/>', "logo.csv", "SVG"),
        ("<html>".encode("utf-16"), "page.txt", "HTML"),
        (b"MZ\x90\0\x03\0\0\0" + bytes(200), "setup.exe", "PDF, Word"),
        (b"#!/bin/sh\nrm -rf /\n", "run.sh", "PDF, Word"),
        (b"alert(1)", "app.js", "PDF, Word"),
        (b"\x00\x01\x02 binary", "notes.txt", "PDF, Word"),
        (b"{\\rtf1 hello}", "old.txt", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old.doc", "old format"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "IMG_1.HEIC", "JPEG or PNG"),
        (b"II*\0" + bytes(100), "scan.tiff", "JPEG or PNG"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "talk.mp4", "by link"),
        (made.archive([("a.docx", b"x")]), "all.zip", "one by one"),
        (made.with_macros(), "plan.docm", "macros"),
        (made.with_macros(), "plan.docx", "macros"),
        (made.repacked(made.xlsx(), {"xl/vbaProject.bin": b"x"}), "a.xlsx", "macros"),
        (made.repacked(made.xlsx(), {"xl/macrosheets/sheet1.xml": b"x"}), "a.xlsx", "macros"),
        (made.repacked(made.docx_file(), {"word/activeX/a.xml": b"x"}), "a.docx", "macros"),
        (made.odt(extra=("Basic/Standard/Module1.xml",)), "a.odt", "macros"),
        (made.docx_file()[:-200], "cut.docx", "damaged"),
        (made.repacked(made.docx_file(), {"../../etc/cron.d/x": b"x"}), "a.docx", "damaged"),
        (made.archive([("[Content_Types].xml", "<!DOCTYPE a><Types/>")]), "a.docx", "damaged"),
        (made.archive([("[Content_Types].xml", "not xml")]), "a.docx", "damaged"),
        (made.photo("JPEG")[:-300], "cut.jpg", "damaged"),
        (made.png_with_words()[:-30], "cut.png", "damaged"),
        (made.photo("WEBP")[:-30], "cut.webp", "damaged"),
        (made.animated_gif()[:-30], "cut.gif", "damaged"),
        (b"", "empty.pdf", "empty"),
    ],
)
def test_an_unwelcome_file_is_refused_in_words(data, name, word):
    assert word in words_about(data, name)


def test_macros_hidden_behind_character_references_are_found():
    types = (
        '<Types><Override PartName="/a" ContentType="application/vnd.ms-word.document.'
        '&#109;acroEnabled.main+xml"/></Types>'
    )
    assert "macros" in words_about(made.archive([("[Content_Types].xml", types)]), "a.docx")


def test_a_file_beyond_the_limit_is_told_both_sizes(settings):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    words = words_about(b"a" * (3 * 1024 * 1024), "long.txt").replace("\xa0", " ")
    assert "3 MB" in words
    assert "1 MB" in words


@pytest.mark.parametrize(
    "data",
    [made.bomb(), made.overlapping_bomb(), made.huge_png()],
    ids=["workbook", "overlapping", "picture"],
)
def test_a_bomb_is_refused_at_once_and_in_little_memory(data):
    tracemalloc.start()
    started = time.process_time()
    words_about(data, "bomb.xlsx")
    took, (_now, peak) = time.process_time() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert took < 2
    assert peak < 10 * 1024 * 1024


def test_a_large_upload_is_checked_without_reading_it_into_memory():
    picture = io.BytesIO()
    Image.effect_noise((2600, 2600), 200).convert("RGB").save(picture, "PNG")
    data = picture.getvalue()
    assert len(data) > 8 * 1024 * 1024
    large = TemporaryUploadedFile("noise.png", "image/png", len(data), None)
    large.write(data)
    large.flush()
    del picture

    tracemalloc.start()
    checked = check_upload(large)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert checked.size <= len(data)
    assert peak < 4 * 1024 * 1024


SIZE = 25 * 1000 * 1000


def noisy_jpeg() -> bytes:
    """One scan that fills the file: to find its end one must look at all of it."""
    head, tail = made.photo("JPEG")[:-2], b"\xff\xd9"
    return head + b"noise of a scan " * ((SIZE - len(head)) // 16) + tail


def long_gif() -> bytes:
    picture = made.animated_gif()
    assert picture.endswith(b"\0;")
    return picture[:-2] + (b"\xff" + b"b" * 255) * ((SIZE - len(picture)) // 256) + b"\0;"


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is told elsewhere")
@pytest.mark.parametrize(
    "make",
    [
        lambda: b"A line of a long text.\n" * (SIZE // 23),
        lambda: b"%PDF-1.4\n" + b"no page in plain words " * (SIZE // 23),
        noisy_jpeg,
        long_gif,
        lambda: b"\0\1\2\3" * (SIZE // 4),
    ],
    ids=["text", "pdf", "jpeg", "gif", "other"],
)
def test_of_a_large_file_little_is_in_memory_at_once_mapped_or_not(make):
    data = make()
    size = len(data)
    large = TemporaryUploadedFile("large.txt", "", size, None)
    large.write(data)
    large.flush()
    del data
    gc.collect()

    before = resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from now on
    checked = check_upload(large, takes_other=True)
    grown = resident("VmHWM") - before

    assert abs(checked.size - size) < 100_000
    assert grown < 12 * 1024


def resident(name: str) -> int:
    """In KiB, all that is counted: also what is mapped of files (proc_pid_status(5))."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1])


def test_the_file_input_offers_what_is_welcome():
    assert {".pdf", ".docx", ".csv", ".jpg"} <= set(ACCEPT.split(","))
    assert {".svg", ".html", ".docm", ".exe"} & set(ACCEPT.split(",")) == set()


@given(st.binary(max_size=400), st.sampled_from(["", "GIF89a", "%PDF-", "WEBVTT"]), st.text())
def test_whatever_comes_is_taken_or_refused_and_nothing_else(data, start, name):
    try:
        checked = check_upload(upload(start.encode() + data, name))
    except FileRefused:
        return
    assert checked.size > 0


@given(
    st.sampled_from(
        [made.photo("JPEG"), made.png_with_words(), made.animated_gif(), made.photo("WEBP")]
    ),
    st.integers(0, 2000),
    st.integers(0, 255),
)
def test_a_picture_with_a_wrong_byte_is_taken_or_refused_and_nothing_else(data, at, byte):
    at %= len(data)
    with suppress(FileRefused):
        check_upload(upload(data[:at] + bytes([byte]) + data[at + 1 :]))
