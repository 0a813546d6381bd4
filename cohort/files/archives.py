"""ZIP archives that begin at once and never stand anywhere as a whole.

Python's own `zipfile` writes to whatever takes bytes: here to a pipe of a few pieces that a reader
draws from. Only the archive's table of contents grows, by some 200 bytes a member.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

PIECE = 64 * 1024
# Already compressed: to try again costs processor time and gives nothing.
STORED = frozenset(
    {"pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "png", "jpg", "gif", "webp"}
)


@dataclass(frozen=True)
class ArchiveMember:
    """One file of an archive: its path in there, its bytes as they are drawn, how many."""

    path: str
    pieces: Iterable[bytes]
    changed_at: datetime
    size: int = 0

    @property
    def method(self) -> int:
        return ZIP_STORED if self.path.rpartition(".")[2] in STORED else ZIP_DEFLATED


def zipped(members: Iterable[ArchiveMember]) -> Iterator[bytes]:
    """The archive piece by piece; each member is asked for when the one before it is in.

    ZIP64 where sizes and numbers want it. What a member's pieces raise ends the archive unfinished.
    """
    pipe = _Pipe()
    with ZipFile(pipe, "w") as archive:
        for member in members:
            info = ZipInfo(member.path, _in_range(member.changed_at))
            info.compress_type, info.file_size = member.method, member.size
            info.external_attr = 0o644 << 16
            with archive.open(info, "w") as into:
                for piece in member.pieces:
                    into.write(piece)
                    if len(pipe.waiting) >= PIECE:
                        yield pipe.take()
    yield pipe.take()


def _in_range(moment: datetime) -> tuple[int, int, int, int, int, int]:
    """ZIP counts years from 1980, in seconds of its own place (APPNOTE 4.4.6)."""
    return (max(moment.year, 1980), *moment.timetuple()[1:6])


class _Pipe:
    """Takes bytes like a file that cannot go back."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def write(self, data: bytes) -> int:
        self.waiting += data
        return len(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def take(self) -> bytes:
        taken, self.waiting = bytes(self.waiting), bytearray()
        return taken
