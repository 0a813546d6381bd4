"""Archives that are made while they are read."""

import io
import shutil
import subprocess
from datetime import UTC, datetime
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from cohort.files.archives import PIECE, ArchiveMember, zipped

AT = datetime(2026, 3, 4, 15, 6, 8, tzinfo=UTC)


def opened(members) -> ZipFile:
    return ZipFile(io.BytesIO(b"".join(zipped(members))))


def test_an_archive_holds_its_members_in_order_and_unpacks():
    archive = opened(
        [
            ArchiveMember("Agreements/Größe.pdf", [b"%PDF-", b"1.7"], AT, 8),
            ArchiveMember("index.html", [b"<p>" * 10_000], AT),
            ArchiveMember("empty.txt", [], AT),
        ]
    )
    assert archive.testzip() is None
    assert [
        (each.filename, each.file_size, each.compress_type, each.date_time)
        for each in archive.infolist()
    ] == [
        ("Agreements/Größe.pdf", 8, ZIP_STORED, (2026, 3, 4, 15, 6, 8)),
        ("index.html", 30_000, ZIP_DEFLATED, (2026, 3, 4, 15, 6, 8)),
        ("empty.txt", 0, ZIP_DEFLATED, (2026, 3, 4, 15, 6, 8)),
    ]
    assert archive.read("Agreements/Größe.pdf") == b"%PDF-1.7"


def test_the_same_members_give_the_same_bytes():
    members = [ArchiveMember("a.txt", [b"one"], AT, 3), ArchiveMember("b.pdf", [b"two"], AT, 3)]
    assert b"".join(zipped(members)) == b"".join(zipped(members))


def test_each_member_is_asked_for_when_the_one_before_it_is_given():
    asked = []

    def members():
        for number in range(3):
            asked.append(number)
            yield ArchiveMember(f"{number}.pdf", [b"x" * PIECE] * 4, AT, 4 * PIECE)

    pieces = zipped(members())
    first = next(pieces)

    assert (len(first) >= PIECE, asked) == (True, [0])
    assert max(map(len, pieces)) < 3 * PIECE


def test_an_archive_that_breaks_off_has_no_table_of_contents():
    def pieces():
        yield b"x" * PIECE
        raise LookupError

    given = zipped([ArchiveMember("a.pdf", pieces(), AT, 2 * PIECE)])
    assert b"PK\x05\x06" not in next(given)
    with pytest.raises(LookupError):
        next(given)


def test_more_members_than_plain_zip_can_number():
    archive = opened(ArchiveMember(f"{number}.pdf", [], AT) for number in range(65_540))
    assert len(archive.namelist()) == 65_540


@pytest.mark.skipif(not shutil.which("unzip"), reason="no unzip here")
def test_another_program_reads_it_too(tmp_path):
    path = tmp_path / "taken.zip"
    members = [
        ArchiveMember("Slides/協定書.pdf", [b"%PDF-1.7"], AT, 8),
        ArchiveMember("metadata.csv", [b"a,b\n"], AT),
    ]
    path.write_bytes(b"".join(zipped(members)))
    done = subprocess.run(["unzip", "-t", str(path)], capture_output=True, text=True)
    assert (done.returncode, "No errors detected" in done.stdout) == (0, True)


def test_times_before_zip_began_are_its_first_year():
    (only,) = opened([ArchiveMember("a.pdf", [], datetime(1970, 5, 6, tzinfo=UTC))]).infolist()
    assert only.date_time == (1980, 5, 6, 0, 0, 0)
