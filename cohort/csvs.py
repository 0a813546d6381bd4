"""CSV files that a spreadsheet can open without running anything."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# What a spreadsheet takes for the beginning of a formula (full-width forms included).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def looks_like_formula(cell: str) -> bool:
    return cell.startswith(FORMULA_STARTS)


def safe_cell(value: object) -> str:
    """The value as text; what would be a formula gets a quote in front, which shows as text."""
    text = "" if value is None else str(value).replace("\x00", "")
    return f"'{text}" if looks_like_formula(text.lstrip(" ")) else text


def write(header: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe_cell(cell) for cell in header])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def download(name: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """An attachment that spreadsheets read as UTF-8."""
    response = HttpResponse("\ufeff" + write(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
