"""The mails of an mbox file, one at a time: first their heads, later each by its place.

Nothing but heads is kept in memory, so that an archive may be larger than that.
"""

import gzip
import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from cohort.mails import heads

LINE = 64 * 1024
MOST_HEAD = 256 * 1024
# Larger ones are left out: no list lets them through.
MOST_MAIL = 60 * 1024 * 1024
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HAS_TIME = re.compile(rb"\d{1,2}:\d\d")
_HEADER = re.compile(rb">?[!-9;-~]{1,80}:|>?From ")
_ESCAPED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


class UnreadableArchive(ValueError):
    """Not an mbox. The message says what it seems to be."""


@dataclass(slots=True)
class Mail:
    """Where a mail lies in the file, and what its head says."""

    place: int  # 1, 2, 3 … in the file
    offset: int
    size: int
    message_id: str  # empty if it has none
    parents: list[str]  # whom it answers, the nearest last
    subject: str
    author: heads.Author
    date: datetime | None  # as it claims
    is_automatic: bool
    list_id: str
    key: str  # what makes it this mail: its Message-ID, or its content
    moment: datetime = EPOCH  # what is believed of its date, see `settle_dates`
    notes: list[str] = field(default_factory=list)


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The archive, unpacked if it is a gzip file. Raises UnreadableArchive and OSError."""
    with path.open("rb") as file:
        start = file.read(LINE)
        file.seek(0)
        if not start.startswith(b"\x1f\x8b"):
            _check(start)
            yield file
            return
        with tempfile.TemporaryFile() as plain:
            try:
                shutil.copyfileobj(gzip.GzipFile(fileobj=file), plain)
            except (OSError, EOFError) as error:
                raise UnreadableArchive("This gzip file is damaged.") from error
            plain.seek(0)
            _check(plain.read(LINE))
            plain.seek(0)
            yield plain


def _check(start: bytes) -> None:
    if not start.strip():
        raise UnreadableArchive("This file is empty.")
    if start.startswith(b"PK"):
        raise UnreadableArchive("This is a ZIP archive: unpack it and give the .mbox file in it.")
    if not start.lstrip(b"\r\n").startswith(b"From "):
        raise UnreadableArchive("This is no mbox: it does not begin with a “From ” line.")


def read_mails(file: IO[bytes]) -> Iterator[Mail]:
    """Every mail's head, in the order of the file."""
    for place, (offset, size, envelope, head) in enumerate(_stretches(file), start=1):
        yield _mail(file, place, offset, size, envelope, head)


def raw_mail(file: IO[bytes], mail: Mail) -> bytes:
    """The mail as it was sent, without the envelope and its marks."""
    file.seek(mail.offset)
    return _ESCAPED_FROM.sub(rb"\1", file.read(mail.size))


def settle_dates(mails: list[Mail], now: datetime) -> None:
    """Give mails without a believable date the one of the mail before them in the file.

    Archives are in order of arrival. What claims to come from the future came by now.
    """
    last = next((mail.date for mail in mails if mail.date and mail.date <= now), now)
    for mail in mails:
        if mail.date and mail.date <= now:
            mail.moment = last = mail.date
        else:
            mail.moment = last
            mail.notes.append("Its date is not to be believed; it got that of the mail before it.")


def _mail(
    file: IO[bytes], place: int, offset: int, size: int, envelope: bytes, head: bytes
) -> Mail:
    fields = heads.fields_of(head)
    message_id = heads.message_id(fields)
    return Mail(
        place=place,
        offset=offset,
        size=size,
        message_id=message_id,
        parents=[parent for parent in heads.parents(fields) if parent != message_id],
        subject=heads.text(fields, "subject"),
        author=heads.author(fields),
        date=heads.date(fields, envelope),
        is_automatic=heads.is_automatic(fields),
        list_id=heads.list_name(fields),
        key=message_id or _fingerprint(file, offset, size),
    )


def _fingerprint(file: IO[bytes], offset: int, size: int) -> str:
    """What tells a mail without Message-ID: all its lines, however they end."""
    back = file.tell()
    file.seek(offset)
    content = file.read(min(size, MOST_MAIL)).replace(b"\r\n", b"\n").rstrip()
    file.seek(back)
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _stretches(file: IO[bytes]) -> Iterator[tuple[int, int, bytes, bytes]]:
    """Offset, size, envelope line and head of each mail.

    A mail begins at a line "From " that follows an empty line, has a time in it and stands before
    a header: sentences that begin so are no mails, though some archives do not mark them.
    """
    lines = _Lines(file)
    envelope, start, end = b"", -1, 0
    head: list[bytes] = []
    in_head, head_size, is_after_blank = False, 0, True
    for at, line in lines:
        begins = is_after_blank and line.startswith(b"From ")
        if begins and (start < 0 or (_HAS_TIME.search(line) and _HEADER.match(lines.peek()))):
            if start >= 0:
                yield start, end - start, envelope, b"".join(head)
            envelope, start, end = line, lines.at, lines.at
            head, in_head, head_size = [], True, 0
            is_after_blank = False
            continue
        is_after_blank = lines.is_whole and not line.strip()
        if start >= 0 and in_head:
            in_head = not is_after_blank
            head_size += len(line)
            if head_size <= MOST_HEAD:
                head.append(line)
        if not is_after_blank:
            end = at + len(line)
    if start >= 0:
        yield start, max(0, end - start), envelope, b"".join(head)


class _Lines:
    """A file's lines with their places, of bounded length, and a look at the next one."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.at = file.tell()  # where the next line begins
        self.ahead: bytes | None = None
        self.is_whole = True  # the line began where a line begins
        self.ended = True

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        while line := self._next():
            at = self.at
            self.at += len(line)
            self.is_whole, self.ended = self.ended, line.endswith(b"\n")
            yield at, line

    def _next(self) -> bytes:
        line, self.ahead = self.ahead, None
        if line is None:
            line = self.file.readline(LINE)
        return line

    def peek(self) -> bytes:
        if self.ahead is None:
            self.ahead = self.file.readline(LINE)
        return self.ahead
