"""PDF through PDFium."""

from pathlib import Path
from typing import Any

import pypdfium2
from pypdfium2 import raw

from resources.reading.found import MOST_PICTURES, WIDTH, Found

MOST_PAGES_READ = 1_000
FEW_LETTERS = 20  # a page


def read(path: Path, found: Found) -> None:
    document = pypdfium2.PdfDocument(path)
    found.pages = len(document)
    for number in range(min(found.pages, MOST_PICTURES)):
        _draw(document, number, found)
    letters = 0
    for number in range(min(found.pages, MOST_PAGES_READ)):
        if found.is_full:
            break
        text = _text_of(document, number)
        letters += len(text.strip())
        found.add(text)
    _look_for_barriers(document, found, letters)


def _draw(document: Any, number: int, found: Found) -> None:
    page = document[number]
    width, height = page.get_size()
    # A page may claim any size: what is drawn is as large as a screen, whatever it claims.
    scale = min(WIDTH / max(width, 1), 2 * WIDTH / max(height, 1), 4)
    found.keep_picture(page.render(scale=scale, draw_annots=True).to_pil().convert("RGB"))
    page.close()


def _text_of(document: Any, number: int) -> str:
    page = document[number]
    text = page.get_textpage()
    words = str(text.get_text_bounded())
    text.close()
    page.close()
    return words


def _look_for_barriers(document: Any, found: Found, letters: int) -> None:
    """What PDF/UA (ISO 14289) asks for first: words, tags, a title, a language."""
    if letters < FEW_LETTERS * min(found.pages or 1, 5):
        found.tell("scanned")
    elif not document.is_tagged():
        found.tell("untagged")
    if not document.get_metadata_value("Title").strip():
        found.tell("untitled")
    if not raw.FPDFCatalog_GetLanguage(document.raw, None, 0) > 2:  # UTF-16, with its end
        found.tell("no_language")
