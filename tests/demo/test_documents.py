"""Each made file opens with the library that reads its kind, and says what it should."""

from io import BytesIO

import pypdfium2
import pytest
from docx import Document
from openpyxl import load_workbook
from PIL import Image
from pptx import Presentation

from demo.loader import documents

WORDS = """\
## Rides & reasons
| Way | Rides
| Van | 12
- one < two
- **three**
1. first"""


def test_pdf_has_its_text():
    made = pypdfium2.PdfDocument(documents.make("a.pdf", "What a ride costs", WORDS))
    text = made[0].get_textpage().get_text_range()
    for words in ("What a ride costs", "Rides & reasons", "Van", "one < two", "three", "first"):
        assert words in text
    assert "**" not in text


def test_pdf_is_the_same_every_time():
    assert documents.make("a.pdf", "T", WORDS) == documents.make("a.pdf", "T", WORDS)


def test_docx_has_its_text_and_table():
    made = Document(BytesIO(documents.make("a.docx", "What a ride costs", WORDS)))
    assert [p.text for p in made.paragraphs if p.text] == [
        "What a ride costs", "Rides & reasons", "one < two", "three", "first",
    ]  # fmt: skip
    assert [[c.text for c in row.cells] for row in made.tables[0].rows] == [
        ["Way", "Rides"],
        ["Van", "12"],
    ]


def test_xlsx_has_numbers_and_formulas():
    made = load_workbook(
        BytesIO(
            documents.make(
                "a.xlsx", "T", "## Costs: a/b\n| What | Sum\n| Van | 1.5\n| x | =SUM(B2)"
            )
        )
    )
    assert made.sheetnames == ["Costs ab"]
    assert list(made["Costs ab"].values) == [("What", "Sum"), ("Van", 1.5), ("x", "=SUM(B2)")]


def test_pptx_has_a_cover_and_a_slide_per_heading():
    made = Presentation(BytesIO(documents.make("a.pptx", "Why now", "## One\n- a\n- b\n## Two\nc")))
    texts = [
        [s.text_frame.text for s in slide.shapes if s.text_frame.text] for slide in made.slides
    ]
    assert texts == [["Why now"], ["One", "a\nb"], ["Two", "c"]]


@pytest.mark.parametrize("words", ["## Bars\n| a | 3\n| b | 7", "## Poster\nline one\nline two"])
def test_png_is_a_picture_with_something_on_it(words):
    made = Image.open(BytesIO(documents.make("a.png", "T", words)))
    assert made.size == (1200, 760)
    assert len(made.getcolors(100_000) or []) > 10
