"""From what a browser sent to what may be kept."""

import hashlib
import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from cohort.files import scanning
from cohort.files.looking import Buffer, pieces
from cohort.files.names import clean_name, extension_of
from cohort.files.pdfs import refuse_endless
from cohort.files.pictures import Part, without_metadata
from cohort.files.programs import refuse_programs
from cohort.files.refusals import FileRefused, NotLookedInto
from cohort.files.types import PDF, FileType, other, recognize

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be kept: known by content, its name cleaned, pictures without metadata."""

    file: File
    name: str
    type: FileType
    size: int
    sha256: str
    # In pixels; 0 for what is no picture.
    width: int = 0
    height: int = 0
    # The scanner was away, and the site takes files all the same: it looks at them later.
    awaits_scan: bool = False

    @property
    def content_type(self) -> str:
        return self.type.content_type


def check_upload(
    upload: File, limit: int | None = None, *, takes_other: bool = False
) -> CheckedFile:
    """What an upload is and what of it is kept. `limit` is in bytes, UPLOAD_MAX_BYTES by default.

    With `takes_other` also what nothing here looks into, as bytes to be downloaded; programs and
    bombs never. Raises FileRefused with words for its sender.
    """
    limit = settings.UPLOAD_MAX_BYTES if limit is None else limit
    name = upload.name or ""
    if upload.size > limit:
        raise FileRefused(
            _(
                "This file has %(size)s; the largest we can take is %(limit)s. Make it smaller "
                "(a PDF often shrinks when exported for the web), or put it where it can be "
                "downloaded and add the link."
            )
            % {"size": size_in_words(upload.size), "limit": size_in_words(limit)}
        )
    if not upload.size:
        raise FileRefused(_("This file is empty."))
    with _searchable(upload) as data:
        upload.seek(0)
        kind = _kind(data, upload, extension_of(name), takes_other=takes_other)
        if kind is PDF:
            refuse_endless(data)
        kept: File = upload
        width = height = 0
        if kind.family == "picture":
            picture = without_metadata(data, kind.extension)
            kept, width, height = _assemble(data, picture.parts), picture.width, picture.height
    is_scanned = _scan(kept)
    return CheckedFile(
        kept, clean_name(name, kind), kind, kept.size, sha256_of(kept), width, height,
        awaits_scan=not is_scanned,
    )  # fmt: skip


def _scan(file: File) -> bool:
    """Whether it need not be scanned any more.

    Raises FileRefused if something is found, or by a site's choice, if nobody can look.
    """
    if not scanning.is_on():
        return True
    file.seek(0)
    try:
        scanning.scan(file.chunks(), size=file.size)
    except scanning.Infected as found:
        log.warning("A file was refused: %s", found)
        raise FileRefused(
            _(
                "The virus scanner found something in this file, so it was not kept. Have the "
                "device it comes from looked at, and ask whoever gave it to you."
            )
        ) from found
    except scanning.ScannerAway as why:
        if settings.CLAMAV_AWAY == "take":
            log.error("A file was taken without being scanned: %s", why)
            return False
        log.error("A file was refused, as it could not be scanned: %s", why)
        raise FileRefused(
            _(
                "We cannot look for viruses just now, so your file was not kept. Please try again "
                "in a few minutes."
            )
        ) from why
    return True


def _kind(data: Buffer, upload: File, claimed: str, *, takes_other: bool) -> FileType:
    try:
        return recognize(data, upload, claimed)
    except NotLookedInto:
        if not takes_other:
            raise
    refuse_programs(data, claimed)
    return other(claimed)


def size_in_words(size: int) -> str:
    """As Django writes it, without a decimal that says nothing: 25 MB."""
    return filesizeformat(size).replace(".0\xa0", "\xa0")


@contextmanager
def _searchable(upload: File) -> Iterator[Buffer]:
    """The bytes to search in; of a file on disk without reading it into memory."""
    try:
        descriptor = upload.fileno()
    except (AttributeError, io.UnsupportedOperation):
        upload.seek(0)
        yield upload.read()
        return
    with mmap(descriptor, 0, access=ACCESS_READ) as mapped:
        yield mapped


def _assemble(data: Buffer, parts: list[Part]) -> File:
    out: IO[Any] = SpooledTemporaryFile(settings.FILE_UPLOAD_MAX_MEMORY_SIZE)  # noqa: SIM115
    for part in parts:
        for piece in [part] if isinstance(part, bytes) else pieces(data, *part):
            out.write(piece)  # and not all at once, which would be kept in memory
    size = out.tell()
    out.seek(0)
    file = File(out)
    file.size = size
    return file


def sha256_of(file: File) -> str:
    """Of all of it, which is then at its beginning again."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


class TooLarge(UploadedFile):
    """Stands for a file whose bytes were not kept: only its name and size are known."""


class LimitedUploadHandler(FileUploadHandler):
    """Stops keeping a file that grows beyond the limit, so that no upload fills the disk.

    The form still comes through, with a `TooLarge` in the file's place to be spoken about.
    """

    chunk_size = 64 * 1024

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start + len(raw_data) <= settings.UPLOAD_MAX_BYTES else None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if file_size <= settings.UPLOAD_MAX_BYTES:
            return None
        return TooLarge(io.BytesIO(), self.file_name, self.content_type, file_size)
