"""What reading a file comes to."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from resources.reading.tables import MOST_TABLES, Table, table_of

MOST_TEXT = 500_000  # characters: a book
MOST_PICTURES = 4
WIDTH, HEIGHT = 1200, 1600
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*\n\s*")
# No text column holds these, and two of them mark what search found.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass
class Found:
    folder: Path
    pages: int | None = None
    findings: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    pictures: int = 0
    _parts: list[str] = field(default_factory=list)
    _length: int = 0

    @property
    def is_full(self) -> bool:
        return self._length >= MOST_TEXT

    def add(self, text: str) -> None:
        """Some of the text, tidied; what goes beyond the most is dropped."""
        clean = _clean(text.replace("\r", "\n"))
        tidied = _LINES.sub("\n\n", _SPACES.sub(" ", clean)).strip()
        if tidied and not self.is_full:
            self._parts.append(tidied[: MOST_TEXT - self._length])
            self._length += len(tidied) + 1

    def pause(self) -> None:
        """An empty line after what was said so far."""
        if self._parts and self._parts[-1]:
            self._parts.append("")
            self._length += 1

    def add_table(self, title: str, rows: Iterable[Iterable[str]]) -> None:
        """What its page shows of a table; the words for search come by `add`."""
        if len(self.tables) < MOST_TABLES:
            table = table_of(_clean(title), ([_clean(cell) for cell in row] for row in rows))
            self.tables += [table] if table else []

    def tell(self, finding: str) -> None:
        if finding not in self.findings:
            self.findings.append(finding)

    def keep_picture(self, picture: Image.Image) -> None:
        """The next page, no larger than a screen shows."""
        picture.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        self.pictures += 1
        picture.save(self.folder / f"page-{self.pictures}.webp", "WEBP", quality=80, method=4)

    def as_dict(self) -> dict[str, object]:
        text = "\n".join(self._parts).rstrip()
        return {
            "text": text,
            "pages": self.pages,
            "findings": self.findings,
            "tables": self.tables,
        }


def _clean(text: str) -> str:
    return _CONTROLS.sub(" ", text)
