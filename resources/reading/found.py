"""What reading a file comes to."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

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
    pictures: int = 0
    _parts: list[str] = field(default_factory=list)
    _length: int = 0

    @property
    def is_full(self) -> bool:
        return self._length >= MOST_TEXT

    def add(self, text: str) -> None:
        """Some of the text, tidied; what goes beyond the most is dropped."""
        tidied = _CONTROLS.sub(" ", text.replace("\r", "\n"))
        tidied = _LINES.sub("\n\n", _SPACES.sub(" ", tidied)).strip()
        if tidied and not self.is_full:
            self._parts.append(tidied[: MOST_TEXT - self._length])
            self._length += len(tidied) + 1

    def tell(self, finding: str) -> None:
        if finding not in self.findings:
            self.findings.append(finding)

    def keep_picture(self, picture: Image.Image) -> None:
        """The next page, no larger than a screen shows."""
        picture.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        self.pictures += 1
        picture.save(self.folder / f"page-{self.pictures}.webp", "WEBP", quality=80, method=4)

    def as_dict(self) -> dict[str, object]:
        text = "\n".join(self._parts)
        return {"text": text, "pages": self.pages, "findings": self.findings}
