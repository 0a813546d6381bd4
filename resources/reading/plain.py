"""Pictures and plain texts."""

import codecs
import csv
from contextlib import suppress
from pathlib import Path

from PIL import Image, ImageOps

from resources.reading.found import MOST_TEXT, Found

MOST_PIXELS = 50_000_000
# Of a table, in bytes: the rows that a page shows, and more.
BEGINNING = 64_000
DELIMITERS = (",", ";", "\t", "|")


def read_picture(path: Path, found: Found) -> None:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(path, formats=("JPEG", "PNG", "GIF", "WEBP")) as picture:
        picture.draft("RGB", (2400, 3200))
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    found.keep_picture(paper)


def read_text(path: Path, found: Found) -> None:
    with path.open("rb") as file:
        data = file.read(MOST_TEXT * 4)
    found.add(_decoded(data))


def read_csv(path: Path, found: Found) -> None:
    read_text(path, found)
    with path.open("rb") as file:
        lines = _decoded(file.read(BEGINNING)).splitlines(keepends=True)
    # What no reader of CSV understands is text.
    with suppress(csv.Error):
        found.add_table("", csv.reader(lines, delimiter=_delimiter(lines)))


def _delimiter(lines: list[str]) -> str:
    """What most divides the first line that says anything."""
    first = next(filter(str.strip, lines), "")
    return max(DELIMITERS, key=first.count)


def _decoded(data: bytes) -> str:
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data.decode("utf-16", errors="replace")
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(data)
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
