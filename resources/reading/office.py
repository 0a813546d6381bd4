"""Office files: their words part by part, never a whole document in memory."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
from lxml import etree

from resources.reading.found import Found
from resources.reading.tables import words_of, workbook_rows

MOST_PARTS = 500
_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
# Local names, whatever the format's namespace: what ends a line, and what is a picture's facts.
_BLOCKS = {"p", "h", "tr", "table-row"}
_PICTURE_FACTS = {"docPr", "cNvPr"}


def read_word(path: Path, found: Found) -> None:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"word/(document|footnotes|header\d*)\.xml", name):
                _read_part(archive, name, found)


def read_slides(path: Path, found: Found) -> None:
    with zipfile.ZipFile(path) as archive:
        slides = [(int(match[1]), match[0]) for match in map(_SLIDE.fullmatch, archive.namelist())
                  if match]  # fmt: skip
        found.pages = len(slides)
        for _number, name in sorted(slides)[:MOST_PARTS]:
            _read_part(archive, name, found)
            found.pause()


def read_open_document(path: Path, found: Found) -> None:
    with zipfile.ZipFile(path) as archive:
        _read_part(archive, "content.xml", found)


def read_workbook(path: Path, found: Found) -> None:
    # Opened here, as openpyxl goes by the names of files.
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        for sheet in book.worksheets:
            found.add_table(sheet.title, workbook_rows(sheet))
            found.add(sheet.title)
            for row in sheet.iter_rows(values_only=True):
                if found.is_full:
                    return
                found.add(" ".join(filter(None, map(words_of, row))))
            found.pause()


def _read_part(archive: zipfile.ZipFile, name: str, found: Found) -> None:
    with archive.open(name) as part:
        for block in _blocks(part, found):
            if found.is_full:
                return
            found.add(block)


def _blocks(part: object, found: Found) -> Iterator[str]:
    """The text of each paragraph or row; nothing outside the file is ever loaded for it."""
    words: list[str] = []
    events = etree.iterparse(
        part, events=("end",), resolve_entities=False, no_network=True, load_dtd=False
    )
    for _event, element in events:
        name = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if name in _PICTURE_FACTS and _is_picture(element) and not element.get("descr"):
            found.tell("no_alt_text")
        if name in ("tab", "br", "s"):
            words.append(" ")
        words.append(element.text or "" if name not in _PICTURE_FACTS else "")
        if name in _BLOCKS:
            yield "".join(words)
            words.clear()
        words.append(element.tail or "")
        if name in _BLOCKS:
            element.clear()
    yield "".join(words)


def _is_picture(facts: etree._Element) -> bool:
    """The facts stand in a picture: `pic:nvPicPr` on slides, `wp:inline` or `wp:anchor` in text."""
    parent = facts.getparent()
    return parent is not None and etree.QName(parent).localname in ("nvPicPr", "inline", "anchor")
