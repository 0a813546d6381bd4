"""Office files are ZIP archives: which kind one is, without unpacking what it holds."""

import re
import zipfile
from typing import IO, Any
from xml.parsers import expat

from django.utils.translation import gettext_lazy as _

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
# Extension, content type, name.
OFFICE_TYPES = (
    ("docx", f"{_OOXML}wordprocessingml.document", _("Word document")),
    ("dotx", f"{_OOXML}wordprocessingml.template", _("Word template")),
    ("xlsx", f"{_OOXML}spreadsheetml.sheet", _("Excel workbook")),
    ("xltx", f"{_OOXML}spreadsheetml.template", _("Excel template")),
    ("pptx", f"{_OOXML}presentationml.presentation", _("PowerPoint slides")),
    ("ppsx", f"{_OOXML}presentationml.slideshow", _("PowerPoint show")),
    ("potx", f"{_OOXML}presentationml.template", _("PowerPoint template")),
    ("odt", f"{_ODF}text", _("OpenDocument text")),
    ("ods", f"{_ODF}spreadsheet", _("OpenDocument spreadsheet")),
    ("odp", f"{_ODF}presentation", _("OpenDocument slides")),
)
# The main part of an OOXML file is declared with its type and this ending.
_OOXML_MAIN = {
    f"{content_type}.main+xml": extension
    for extension, content_type, _name in OFFICE_TYPES
    if content_type.startswith(_OOXML)
}
_ODF_KIND = {
    content_type.encode(): extension
    for extension, content_type, _name in OFFICE_TYPES
    if content_type.startswith(_ODF)
}

MOST_PARTS = 10_000
MOST_UNPACKED = 512 * 1024 * 1024
MOST_GROWTH = 120  # times the packed size, which real workbooks stay far below…
GROWTH_MATTERS_FROM = 64 * 1024 * 1024  # …and which harms nobody in a small file
_PROGRAM_PART = re.compile(
    r"(^|/)(vbaProject|vbaData|macrosheets?/|activeX/|Basic/|Scripts/)", re.IGNORECASE
)
_PROGRAM_TYPE = re.compile(r"macro|vba|activex", re.IGNORECASE)


class ArchiveProblem(ValueError):
    """Why an archive is not taken, in `words`; `is_whole` if only its kind is not one of ours."""

    def __init__(self, words: Any, *, is_whole: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.is_whole = is_whole


def office_kind(file: IO[bytes], size: int) -> str:
    """The extension that an Office file's content deserves. Raises ArchiveProblem.

    Reads the table of contents and the one part that tells the kind, at most a megabyte of it,
    so that an archive made to explode costs nothing.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _check_sizes(parts, size)
            names = {part.filename for part in parts}
            if any(_PROGRAM_PART.search(name) for name in names):
                raise ArchiveProblem(_macros(), is_whole=True)
            if "[Content_Types].xml" in names:
                return _ooxml_kind(_beginning(archive, "[Content_Types].xml"))
            if "mimetype" in names:
                kind = _ODF_KIND.get(_beginning(archive, "mimetype").strip())
                if kind:
                    return kind
    except ArchiveProblem:
        raise
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise ArchiveProblem(_damaged()) from error
    raise ArchiveProblem(
        _("This is a ZIP archive. Add the files in it one by one, so that each can be found."),
        is_whole=True,
    )


def _check_sizes(parts: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(part.file_size for part in parts)
    # Parts that share the same packed bytes add up to more than the file holds.
    overlapping = sum(part.compress_size for part in parts) > size
    explosive = unpacked > GROWTH_MATTERS_FROM and unpacked > size * MOST_GROWTH
    if overlapping or explosive or unpacked > MOST_UNPACKED or len(parts) > MOST_PARTS:
        raise ArchiveProblem(
            _("This file unpacks to far more than it should hold. Save it anew and try again.")
        )
    if any(part.filename.startswith("/") or ".." in part.filename.split("/") for part in parts):
        raise ArchiveProblem(_damaged())


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(1 << 20)


def _ooxml_kind(types: bytes) -> str:
    declared = _declared_types(types)
    if any(_PROGRAM_TYPE.search(content_type) for content_type in declared):
        raise ArchiveProblem(_macros(), is_whole=True)
    for content_type in declared:
        if kind := _OOXML_MAIN.get(content_type):
            return kind
    raise ArchiveProblem(_damaged())


def _declared_types(xml: bytes) -> list[str]:
    """Every content type an OOXML file declares for its parts (ECMA-376 part 2, §7.2.3)."""
    found: list[str] = []

    def element(_name: str, attributes: dict[str, str]) -> None:
        if "ContentType" in attributes:
            found.append(attributes["ContentType"])

    def doctype(*_arguments: object) -> None:
        raise ArchiveProblem(_damaged())

    parser = expat.ParserCreate()
    parser.StartElementHandler = element
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise ArchiveProblem(_damaged()) from error
    return found


def _macros() -> Any:
    return _(
        "This file carries macros, which are programs, so we do not take it. Save a copy without "
        "macros (as DOCX, XLSX or PPTX) and add that."
    )


def _damaged() -> Any:
    return _("This file seems damaged: we cannot read what is in it. Save it anew and try again.")
