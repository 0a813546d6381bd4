"""Spreadsheets (XLSX) that open without running anything."""

import io
from collections.abc import Iterable, Mapping, Sequence

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from cohort.csvs import safe_cell

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Row = Sequence[object]
NARROWEST, WIDEST = 8, 48  # characters


def write(sheets: Mapping[str, tuple[Row, Iterable[Row]]]) -> bytes:
    """A workbook of these sheets, by title: each a header and its rows. Numbers stay numbers."""
    book = Workbook(write_only=True)
    for title, (header, rows) in sheets.items():
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        cells = [[_cell(value) for value in row] for row in rows]
        for n, name in enumerate(header, start=1):
            longest = max([len(str(name)), *(len(str(row[n - 1] or "")) for row in cells)])
            width = min(max(longest + 2, NARROWEST), WIDEST)
            sheet.column_dimensions[get_column_letter(n)].width = width
        head = [WriteOnlyCell(sheet, str(_cell(name))) for name in header]
        for cell in head:
            cell.font = Font(bold=True)
        sheet.append(head)
        for row in cells:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(value: object) -> object:
    if value is None or isinstance(value, int | float):
        return value
    return ILLEGAL_CHARACTERS_RE.sub("", safe_cell(value))


def download(name: str, sheets: Mapping[str, tuple[Row, Iterable[Row]]]) -> HttpResponse:
    response = HttpResponse(write(sheets), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
