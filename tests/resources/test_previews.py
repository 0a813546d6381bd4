"""How a file looks on its page before it is downloaded: rows as a table, lines as lines."""

import io
import re
from datetime import datetime

import docx
import openpyxl
import pptx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources import contents
from resources.models import Contents
from resources.queries.page import BEGINNING, MOST_LINES, Beginning, beginning_of
from resources.reading.tables import MOST_CELLS, MOST_ROWS, table_of
from tests import made_files as made

pytestmark = pytest.mark.django_db


def tables_of(resource) -> list[dict]:
    while contents.read_next():
        pass
    return Contents.objects.get(version=resource.current_version).tables


def workbook() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    sites = book.active
    sites.title = "Sites"
    sites.append([])
    sites.append(["Site", "Starts", "Share", "Cost"])
    sites.append(["Harbor Works", datetime(2026, 1, 5), 0.8181, 1200.5])
    sites["C3"].number_format = "0%"
    sites.append(["Mill", None, None, 3.0])
    book.create_sheet("Empty")
    book.create_sheet("Notes").append(["Ask the county"])
    book.save(out)
    return out.getvalue()


def test_each_sheet_of_a_workbook_is_kept_as_its_program_shows_it(mia, add):
    assert tables_of(add(mia, workbook(), "sites.xlsx")) == [
        {
            "title": "Sites",
            "rows": [
                ["Site", "Starts", "Share", "Cost"],
                ["Harbor Works", "2026-01-05", "82%", "1200.5"],
                ["Mill", "", "", "3"],
            ],
            "is_cut": False,
        },
        {"title": "Notes", "rows": [["Ask the county"]], "is_cut": False},
    ]


@pytest.mark.parametrize("divider", [",", ";", "\t", "|"])
def test_a_csv_file_is_a_table_whatever_divides_its_cells(mia, add, divider):
    data = f'Site{divider}Seats\nHarbor{divider}"1{divider}5"\n'.encode()
    assert tables_of(add(mia, data, "seats.csv")) == [
        {
            "title": "",
            "rows": [["Site", "Seats"], ["Harbor", f"1{divider}5".replace("\t", " ")]],
            "is_cut": False,
        }
    ]


def test_a_csv_file_that_is_none_is_read_as_text(mia, add):
    resource = add(mia, b'a,"' + b"x" * 200_000, "odd.csv")
    tables_of(resource)
    assert Contents.objects.get().state == "read"


def test_what_is_long_or_wide_is_cut_and_says_so():
    wide = table_of("", [[str(n) for n in range(MOST_CELLS + 1)]])
    assert (len(wide["rows"][0]), wide["is_cut"]) == (MOST_CELLS, True)
    long = table_of("", [["x"]] * (MOST_ROWS + 1))
    assert (len(long["rows"]), long["is_cut"]) == (MOST_ROWS, True)
    assert table_of("", [["x"]] * MOST_ROWS)["is_cut"] is False
    assert table_of("", [["", " "], []]) is None


@given(st.lists(st.lists(st.text(max_size=80), max_size=12), max_size=20))
def test_a_table_has_rows_of_one_width_within_its_limits(rows):
    table = table_of("Any", rows)
    if table is None:
        assert not any(cell.strip() for row in rows for cell in row[: MOST_CELLS + 1])
        return
    assert len(table["rows"]) <= MOST_ROWS
    assert {len(row) for row in table["rows"]} <= {len(table["rows"][0])}
    assert len(table["rows"][0]) <= MOST_CELLS
    assert all(len(cell) <= 60 for row in table["rows"] for cell in row)


def test_a_page_shows_the_sheets_and_their_columns(browse, cast, add):
    resource = add(cast.mia, workbook(), "sites.xlsx")
    tables_of(resource)
    page = browse(cast.obi).get(resource.get_absolute_url()).content.decode()
    assert re.findall(r'<th scope="col">(.*?)</th>', page) == ["Site", "Starts", "Share", "Cost"]
    assert re.findall(r"<caption>(?:<strong>(.*?)</strong>)", page) == ["Sites", "Notes"]
    assert "<td>Harbor Works</td><td>2026-01-05</td><td>82%</td><td>1200.5</td>" in page


def test_cells_never_become_html(browse, cast, add):
    resource = add(cast.mia, made.xlsx((("<img src=x>", "b"), ("c", "</table>"))), "a.xlsx")
    tables_of(resource)
    page = browse(cast.mia).get(resource.get_absolute_url()).content.decode()
    assert "&lt;img src=x&gt;" in page
    assert "<img src=x>" not in page


def test_a_document_and_slides_are_shown_line_by_line(browse, cast, add):
    document, out = docx.Document(), io.BytesIO()
    for words in ("Purpose", "Two clauses"):
        document.add_paragraph(words)
    document.save(out)
    show, slides = pptx.Presentation(), io.BytesIO()
    for words in ("Year one", "Year two"):
        show.slides.add_slide(show.slide_layouts[5]).shapes.title.text = words
    show.save(slides)
    pages = {
        "a.docx": "<p>Purpose<br>Two clauses</p>",
        "a.pptx": "<p>Year one</p>\n\n<p>Year two</p>",
    }
    for name, data in (("a.docx", out.getvalue()), ("a.pptx", slides.getvalue())):
        resource = add(cast.mia, data, name)
        tables_of(resource)
        assert pages[name] in browse(cast.mia).get(resource.get_absolute_url()).content.decode()


def test_a_text_begins_with_whole_lines_and_words():
    assert beginning_of("One\n\nTwo\n") == Beginning("One\n\nTwo\n", is_cut=False)
    lines = "\n".join("abc")
    assert beginning_of(lines) == Beginning(lines, is_cut=False)
    many = beginning_of("line\n" * (MOST_LINES + 1))
    assert many == Beginning("\n".join(["line"] * MOST_LINES), is_cut=True)
    long = beginning_of("word, " * BEGINNING)
    assert long.is_cut
    assert long.text.endswith("word…")
    assert len(long.text) <= BEGINNING
