"""Tables as a page shows them: the first rows of a sheet, each cell in a few words."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

MOST_TABLES = 4
MOST_ROWS = 12
MOST_CELLS = 8
LONGEST_CELL = 60
# A sheet may begin a million rows down: that far nobody looks.
FURTHEST_ROW = 200

Table = dict[str, Any]


def table_of(title: str, rows: Iterable[Iterable[str]]) -> Table | None:
    """The first rows that say anything, all of one width; None if none does.

    `is_cut` says that there are more rows, or cells beside them.
    """
    lines = ([_shortened(cell) for cell in islice(row, MOST_CELLS + 1)] for row in rows)
    found = list(islice(filter(any, lines), MOST_ROWS + 1))
    if not found:
        return None
    kept = [row[:MOST_CELLS] for row in found[:MOST_ROWS]]
    width = max(_width(row) for row in kept)
    is_cut = len(found) > MOST_ROWS or any(any(row[MOST_CELLS:]) for row in found)
    cells = [[*row[:width], *[""] * (width - len(row))] for row in kept]
    return {"title": _shortened(title), "rows": cells, "is_cut": is_cut}


def words_of(value: Any, number_format: str = "") -> str:
    """What stands in a cell of a workbook, about as its own program shows it."""
    if value is None:
        return ""
    if isinstance(value, datetime) and not any(value.timetuple()[3:6]):
        return date.isoformat(value)
    if isinstance(value, float):
        return f"{value:.0%}" if "%" in number_format else _number(value)
    return str(value)


def workbook_rows(sheet: Any) -> Iterator[list[str]]:
    cells = sheet.iter_rows(max_row=FURTHEST_ROW, max_col=MOST_CELLS + 1)
    for row in cells:
        yield [words_of(cell.value, getattr(cell, "number_format", "") or "") for cell in row]


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else str(value)


def _width(row: list[str]) -> int:
    return max((number for number, cell in enumerate(row, start=1) if cell), default=0)


def _shortened(cell: str) -> str:
    words = " ".join(cell.split())
    return words if len(words) <= LONGEST_CELL else f"{words[: LONGEST_CELL - 1].rstrip()}…"
