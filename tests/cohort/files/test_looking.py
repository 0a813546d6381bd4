"""Looking through much in windows finds what looking at all of it at once finds."""

import re
from mmap import ACCESS_READ, mmap
from tempfile import TemporaryFile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cohort.files import looking

NEEDLE = re.compile(rb"/Count\s{1,3}\d{1,4}")


@pytest.fixture(autouse=True, scope="module")
def small_windows():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(looking, "STEP", 8)
        patch.setattr(looking, "LONGEST_MATCH", 16)
        yield


@given(st.text("/Count 17x", max_size=60), st.integers(0, 40))
@example("x/Count 17/Count  1777/Count1/Count 1", 0)
@example("/Count /Count    1 /Count 1", 3)
def test_windows_find_what_one_look_finds(words, start):
    data = words.encode()
    whole = [found.span() for found in NEEDLE.finditer(data, start)]

    assert [found.span() for found in looking.find_all(NEEDLE, data, start)] == whole
    first = looking.find(NEEDLE, data, start)
    assert (first.span() if first else None) == (whole[0] if whole else None)
    assert b"".join(looking.pieces(data, start)) == data[start:]


def test_what_was_let_go_of_a_mapped_file_can_be_looked_at_again(monkeypatch):
    monkeypatch.setattr(looking, "STEP", 4096)
    data = bytes(range(256)) * 64
    with TemporaryFile() as file:
        file.write(data)
        file.flush()
        with mmap(file.fileno(), 0, access=ACCESS_READ) as mapped:
            assert b"".join(looking.pieces(mapped)) == data
            assert b"".join(looking.pieces(mapped, 5, 9_000)) == data[5:9_000]
            assert mapped[:] == data
