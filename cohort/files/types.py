"""Which files are welcome, told by their content. Their own claims count only among texts."""

import codecs
import re
from dataclasses import dataclass
from typing import IO, Any

import puremagic
from django.utils.translation import gettext_lazy as _

from cohort.files.looking import Buffer, find, pieces
from cohort.files.office import OFFICE_TYPES, ArchiveProblem, office_kind
from cohort.files.refusals import FileRefused, NotLookedInto

# What is not looked into is served as bytes and nothing else.
BYTES = "application/octet-stream"


@dataclass(frozen=True)
class FileType:
    extension: str
    content_type: str
    label: Any
    family: str  # document, picture, text or other
    aliases: tuple[str, ...] = ()

    @property
    def extensions(self) -> tuple[str, ...]:
        return (self.extension, *self.aliases)


PDF = FileType("pdf", "application/pdf", _("PDF"), "document")
PICTURES = {
    "png": FileType("png", "image/png", _("PNG picture"), "picture"),
    "jpg": FileType("jpg", "image/jpeg", _("JPEG picture"), "picture", ("jpeg", "jpe", "jfif")),
    "gif": FileType("gif", "image/gif", _("GIF picture"), "picture"),
    "webp": FileType("webp", "image/webp", _("WebP picture"), "picture"),
}
OFFICE = {
    extension: FileType(extension, content_type, label, "document")
    for extension, content_type, label in OFFICE_TYPES
}
TEXTS = {
    "csv": FileType("csv", "text/csv", _("CSV table"), "text"),
    "txt": FileType("txt", "text/plain", _("Text"), "text", ("text",)),
    "md": FileType("md", "text/markdown", _("Markdown text"), "text", ("markdown",)),
    "vtt": FileType("vtt", "text/vtt", _("WebVTT captions"), "text"),
    "srt": FileType("srt", "application/x-subrip", _("SubRip captions"), "text"),
}
ALL = (PDF, *OFFICE.values(), *PICTURES.values(), *TEXTS.values())
KNOWN_EXTENSIONS = frozenset(extension for kind in ALL for extension in kind.extensions)
# For the `accept` of a file input; it is a convenience there, never a check.
ACCEPT = ",".join(sorted(f".{extension}" for extension in KNOWN_EXTENSIONS))
_BY_CONTENT_TYPE = {kind.content_type: kind for kind in ALL}
_TEXT_BY_EXTENSION = {ext: kind for kind in TEXTS.values() for ext in kind.extensions}


def other(extension: str) -> FileType:
    """A file that nothing here looks into. What it is called must not say that it is another."""
    is_odd = extension in KNOWN_EXTENSIONS or not re.fullmatch(r"[a-z0-9]{1,10}", extension)
    return FileType("bin" if is_odd else extension, BYTES, _("Other file"), "other")


def type_of(content_type: str) -> FileType | None:
    """The type that goes with a stored content type."""
    return _BY_CONTENT_TYPE.get(content_type)


def recognize(data: Buffer, file: IO[bytes], claimed: str) -> FileType:
    """What a file is. `claimed` is its extension: it decides only between kinds of text.

    `data` and `file` are the same bytes, to search in and to read from. Raises NotLookedInto for
    kinds that nothing here reads, and FileRefused for bad ones.
    """
    head = data[:16]
    if head.startswith(b"%PDF-"):
        return PDF
    for extension, starts in _PICTURE_STARTS.items():
        if starts.match(head):
            return PICTURES[extension]
    if head.startswith(b"PK\x03\x04"):
        try:
            return OFFICE[office_kind(file, len(data))]
        except ArchiveProblem as problem:
            refusal = NotLookedInto if problem.is_whole else FileRefused
            raise refusal(problem.words) from problem
    return _text_type(data, claimed)


_PICTURE_STARTS = {
    "png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "jpg": re.compile(rb"\xff\xd8\xff"),
    "gif": re.compile(rb"GIF8[79]a"),
    "webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
}

# Bytes that no text has: controls other than tab, line ends, form feed and escape.
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_MARKUP = re.compile(
    r"\s*(?:<!--.{0,2000}?-->\s*)*<(?:!doctype|html|head|body|script|svg|\?xml|iframe|meta|style)",
    re.IGNORECASE | re.DOTALL,
)


def _text_type(data: Buffer, claimed: str) -> FileType:
    encoding = _encoding(data)
    if encoding is None:
        raise NotLookedInto(_explain(data))
    beginning = codecs.getincrementaldecoder(encoding)(errors="replace").decode(data[:4096])
    if _MARKUP.match(beginning):
        raise NotLookedInto(
            _(
                "Web pages and drawings made of code (HTML, SVG, XML) can carry programs, so we "
                "do not take them. Print the page to a PDF, or export the drawing as PNG."
            )
        )
    if beginning.startswith("{\\rtf"):
        raise NotLookedInto(_("This is an RTF file. Save it as DOCX or PDF and add that."))
    if beginning.startswith("WEBVTT"):
        return TEXTS["vtt"]
    kind = _TEXT_BY_EXTENSION.get(claimed)
    if kind is None or kind is TEXTS["vtt"]:
        raise NotLookedInto(_unknown())
    return kind


def _encoding(data: Buffer) -> str | None:
    """How a text is written: UTF-8, UTF-16 with its mark, or (old spreadsheets) Windows-1252."""
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16" if _decodes(data, "utf-16") else None
    if find(_NOT_TEXT, data):
        return None
    return "utf-8-sig" if _decodes(data, "utf-8") else "cp1252"


def _decodes(data: Buffer, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        if any("\0" in decoder.decode(piece) for piece in pieces(data)):
            return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _unknown() -> Any:
    return _(
        "We cannot take this kind of file. You can add PDF, Word, Excel, PowerPoint and "
        "OpenDocument files, pictures (JPEG, PNG, GIF, WebP), and CSV, text, Markdown and "
        "caption files."
    )


def _explain(data: Buffer) -> Any:
    """Why a file that is none of ours is not taken, as helpfully as its first bytes allow."""
    head = bytes(data[:4096])
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _(
            "This is an Office file in an old format, or one with a password. Save it without a "
            "password as DOCX, XLSX, PPTX or PDF and add that."
        )
    try:
        mime = puremagic.magic_string(head)[0].mime_type
    except (puremagic.PureError, ValueError, IndexError):
        mime = ""
    if head[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1") or mime.startswith("image/"):
        return _("We cannot take this kind of picture. Save it as JPEG or PNG and add that.")
    if mime.startswith(("video/", "audio/")):
        return _("Recordings are shared by link: put the file where it can be watched and add "
                 "its address here.")  # fmt: skip
    return _unknown()
