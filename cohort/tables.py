"""Tables as people hand them in: from bytes to records, each with what is wrong with its cells.

Spreadsheets are met as they come: with a byte-order mark, in UTF-8, UTF-16 or Windows-1252, with
commas, semicolons or tabs, any case in the header, any kind of line ending, and empty lines.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort.csvs import looks_like_formula

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class UnreadableTable(ValueError):
    """The whole file cannot be used; the message says why, in words."""


class Verdict(Enum):
    """What would become of one row of a table."""

    NEW = "new"
    KNOWN = "known"
    CHANGED = "changed"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return str(_LABELS[self.value])


_LABELS = {
    "new": gettext_lazy("New"),
    "known": gettext_lazy("Known"),
    "changed": gettext_lazy("Changed"),
    "refused": gettext_lazy("Refused"),
}


@dataclass(frozen=True)
class Layout:
    """The columns a kind of table may have, those it must have, and what else they are called."""

    columns: Sequence[str]
    needed: Sequence[str]
    aliases: Mapping[str, str]

    def column(self, heading: str) -> str:
        """The name we know a column by, or nothing for one we do not use."""
        name = " ".join(heading.replace("_", " ").split()).lower()
        name = self.aliases.get(name, name)
        return name if name in self.columns else ""


@dataclass(frozen=True)
class Record:
    """One line: what stands under each column we know, and why it cannot be used, in words."""

    line: int
    cells: dict[str, str]
    reasons: tuple[str, ...]

    @property
    def words(self) -> dict[str, str]:
        """The cells without control characters and needless space."""
        return {name: clean_cell(cell) for name, cell in self.cells.items()}


def clean_cell(cell: str) -> str:
    """A cell on one line, without control characters and needless space."""
    return " ".join(_CONTROL.sub(" ", cell).split())


def records(content: bytes, layout: Layout) -> Iterator[Record]:
    """The lines below the first that are not empty, as they come. Raises UnreadableTable."""
    text = decode(content)
    if not text.strip():
        raise UnreadableTable(_("There is nothing in it."))
    lines = _lines(text)
    columns = _columns(next(lines, (0, []))[1], layout)
    for number, cells in lines:
        if any(cell.strip() for cell in cells):
            yield _record(number, columns, cells, layout)


def decode(content: bytes) -> str:
    """Text from bytes as spreadsheets write them, in Unicode's composed form (NFC)."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in content[:200]:
        encodings = ["utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return unicodedata.normalize("NFC", content.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise UnreadableTable(
        _("We cannot read this file as text. Please save it as “CSV UTF-8” and try again.")
    )


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells) of each record, the header first."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\n\ufeff")
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise UnreadableTable(
            _("Line %(line)d cannot be read as a table (%(error)s).")
            % {"line": reader.line_num, "error": error}
        ) from error


def _delimiter(text: str) -> str:
    header = text.split("\n", 1)[0]
    return max((",", ";", "\t"), key=header.count)


def _columns(header: Sequence[str], layout: Layout) -> list[str]:
    columns = [layout.column(cell) for cell in header]
    if missing := [name for name in layout.needed if name not in columns]:
        raise UnreadableTable(
            _(
                "The first line must name the columns, and there is none called %(missing)s. "
                "We know: %(known)s."
            )
            % {"missing": _(" and ").join(missing), "known": ", ".join(layout.columns)}
        )
    known = [column for column in columns if column]
    if doubled := sorted({column for column in known if known.count(column) > 1}):
        raise UnreadableTable(
            _("There are two columns called %(name)s.") % {"name": ", ".join(doubled)}
        )
    return columns


def _record(number: int, columns: Sequence[str], cells: Sequence[str], layout: Layout) -> Record:
    named = dict.fromkeys(layout.columns, "")
    named.update({name: cell for name, cell in zip(columns, cells, strict=False) if name})
    reasons = []
    if any(cell.strip() for cell in cells[len(columns) :]):
        reasons.append(_("There are more cells than columns."))
    return Record(number, named, (*reasons, *_unsafe(named)))


def _unsafe(cells: Mapping[str, str]) -> Iterator[str]:
    for name, cell in cells.items():
        if looks_like_formula(cell) or looks_like_formula(cell.strip()):
            yield (
                _("The %(column)s begins like a formula: “%(cell)s”.")
                % {"column": name, "cell": cell.strip()[:40]}
            )
        elif _CONTROL.search(cell.strip()):
            yield (
                _("The %(column)s has a line break or another control character in it.")
                % {"column": name}
            )
