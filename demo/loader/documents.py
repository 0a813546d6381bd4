"""Makes small, real files out of a resource's words: PDF, DOCX, XLSX, PPTX, PNG.

The words are lines: `## heading`, `- item`, `1. item`, `| cell | cell`, or a paragraph.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from PIL import Image, ImageDraw, ImageFont
from pptx import Presentation
from pptx.util import Pt
from reportlab.lib import colors
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

INK, PAPER, TEAL, SAND = "#1f2933", "#fbfaf7", "#1f6f6b", "#e9e2d3"


@dataclass
class Block:
    """Some lines of one kind: heading, bullets, numbers, table or text."""

    kind: str
    lines: list[str]

    @property
    def cells(self) -> list[list[str]]:
        """A table's rows, the short ones filled up."""
        rows = [[cell.strip() for cell in line.split("|")[1:]] for line in self.lines]
        width = max(map(len, rows))
        return [row + [""] * (width - len(row)) for row in rows]


def make(name: str, title: str, words: str) -> bytes:
    """The bytes of a file with this name, title and text."""
    return _MAKERS[PurePath(name).suffix](title, list(blocks(words)))


def blocks(words: str) -> Iterator[Block]:
    current: Block | None = None
    for line in words.splitlines():
        kind, text = _kind(line)
        if current and (kind != current.kind or kind == "heading"):
            yield current
            current = None
        if not kind:
            continue
        current = current or Block(kind, [])
        current.lines.append(text)
    if current:
        yield current


def _kind(line: str) -> tuple[str, str]:
    if not line.strip():
        return "", ""
    if line.startswith("## "):
        return "heading", line[3:]
    if line.startswith("- "):
        return "bullets", line[2:]
    if match := re.match(r"\d+\. (.*)", line):
        return "numbers", match[1]
    return ("table" if line.startswith("|") else "text"), line


def _pdf(title: str, parts: list[Block]) -> bytes:
    styles = getSampleStyleSheet()
    story: list[Any] = [Paragraph(escape(title), styles["Title"])]
    for part in parts:
        if part.kind == "heading":
            story.append(Paragraph(escape(part.lines[0]), styles["Heading2"]))
        elif part.kind == "table":
            story += [_pdf_table(part.cells, styles["BodyText"]), Spacer(1, 8)]
        else:
            for number, line in enumerate(part.lines, start=1):
                bullet = {"bullets": "•", "numbers": f"{number}."}.get(part.kind)
                story.append(Paragraph(_bold(line), styles["BodyText"], bulletText=bullet))
    file = BytesIO()
    SimpleDocTemplate(file, pagesize=LETTER, title=title, lang="en-US", invariant=1).build(story)
    return file.getvalue()


def _bold(line: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(line))


def _pdf_table(cells: list[list[str]], style: Any) -> Table:
    columns = len(cells[0])
    # What a row is about gets as much room as two or three of its letters.
    widths = [150.0] + [310.0 / (columns - 1)] * (columns - 1) if columns > 1 else None
    table = Table(
        [[Paragraph(_bold(cell), style) for cell in row] for row in cells],
        colWidths=widths,
        repeatRows=1,
    )
    table.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, colors.HexColor("#c9c1b0")),
                ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor(SAND)),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    return table


def _docx(title: str, parts: list[Block]) -> bytes:
    document = Document()
    document.core_properties.title = title
    document.add_heading(title, level=0)
    for part in parts:
        if part.kind == "heading":
            document.add_heading(part.lines[0], level=2)
        elif part.kind == "table":
            _docx_table(document, part.cells)
        else:
            style = {"bullets": "List Bullet", "numbers": "List Number"}.get(part.kind)
            for line in part.lines:
                document.add_paragraph(line.replace("**", ""), style=style)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _docx_table(document: Any, cells: list[list[str]]) -> None:
    table = document.add_table(rows=0, cols=len(cells[0]), style="Light Grid Accent 1")
    for row in cells:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph()


def _xlsx(title: str, parts: list[Block]) -> bytes:
    book = Workbook()
    book.properties.title = title
    book.remove(book.active)
    sheet: Any = None
    for part in parts:
        if part.kind == "heading":
            sheet = book.create_sheet(re.sub(r"[:\\/?*\[\]]", "", part.lines[0])[:31])
        elif part.kind == "table":
            for row in part.cells:
                sheet.append([_number(cell) for cell in row])
            _dress(sheet)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _number(cell: str) -> str | int | float:
    if re.fullmatch(r"-?\d+", cell):
        return int(cell)
    return float(cell) if re.fullmatch(r"-?\d+\.\d+", cell) else cell


def _dress(sheet: Any) -> None:
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor=SAND[1:])
    for column in sheet.columns:
        longest = max(len(str(cell.value or "")) for cell in column)
        sheet.column_dimensions[column[0].column_letter].width = min(60, longest + 3)
    sheet.freeze_panes = "A2"


def _pptx(title: str, parts: list[Block]) -> bytes:
    deck = Presentation()
    deck.core_properties.title = title
    cover = deck.slides.add_slide(deck.slide_layouts[0])
    cover.shapes.title.text = title
    frame: Any = None
    for part in parts:
        if part.kind == "heading":
            slide = deck.slides.add_slide(deck.slide_layouts[1])
            slide.shapes.title.text = part.lines[0]
            frame = slide.placeholders[1].text_frame
            continue
        for line in part.lines:
            paragraph = frame.add_paragraph() if frame.text else frame.paragraphs[0]
            paragraph.text = line
            paragraph.font.size = Pt(24)
    file = BytesIO()
    deck.save(file)
    return file.getvalue()


def _png(title: str, parts: list[Block]) -> bytes:
    heading = next((part.lines[0] for part in parts if part.kind == "heading"), title)
    image = Image.new("RGB", (1200, 760), PAPER)
    draw = ImageDraw.Draw(image)
    draw.text((60, 50), heading, fill=INK, font=ImageFont.load_default(40))
    for part in parts:
        if part.kind == "table":
            _draw_bars(draw, part.cells)
        elif part.kind == "text":
            _draw_poster(draw, part.lines)
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _draw_bars(draw: Any, cells: list[list[str]]) -> None:
    font = ImageFont.load_default(24)
    highest = max(float(value) for _label, value in cells)
    step = 580 / len(cells)
    for place, (label, value) in enumerate(cells):
        top = 140 + place * step
        width = 780 * float(value) / highest
        draw.text((60, top + step / 2 - 14), label, fill=INK, font=font)
        draw.rounded_rectangle((300, top + 5, 300 + width, top + step - 5), 6, fill=TEAL)
        draw.text((315 + width, top + step / 2 - 14), value, fill=INK, font=font)


def _draw_poster(draw: Any, lines: list[str]) -> None:
    font = ImageFont.load_default(30)
    for place, line in enumerate(lines):
        top = 170 + place * 110
        draw.rounded_rectangle((60, top, 1140, top + 84), 12, fill=SAND)
        draw.text((90, top + 22), line, fill=INK, font=font)


_MAKERS: dict[str, Callable[[str, list[Block]], bytes]] = {
    ".pdf": _pdf,
    ".docx": _docx,
    ".xlsx": _xlsx,
    ".pptx": _pptx,
    ".png": _png,
}
