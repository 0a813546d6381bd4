"""What the child processes write: kept in files of limited size; errors are shown too."""

import re
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from launch.console import warn

LIMIT = 5 * 1024 * 1024
KEPT = 3
SHOWN_AT_ONCE = 40
QUIET_AFTER = 10.0  # seconds in which at most SHOWN_AT_ONCE lines are shown

TROUBLE = re.compile(r"\b(ERROR|CRITICAL|FATAL|PANIC)\b|^Traceback \(most recent call last\)")
# The first line of another record ends what an error had to say.
NEW_RECORD = re.compile(r"^(\[?\d{4}-\d\d-\d\d|\d+:[MC] |(INFO|DEBUG|WARNING)\b|\{)")


class LogFile:
    """Append to a file; when it is full, move it to `.1`, `.1` to `.2`, and start anew."""

    def __init__(self, path: Path, limit: int = LIMIT):
        self.path, self.limit = path, limit
        self.file = path.open("ab")

    def write(self, line: bytes) -> None:
        if self.file.tell() > self.limit:
            self._roll()
        self.file.write(line)
        self.file.flush()

    def _roll(self) -> None:
        self.file.close()
        for number in range(KEPT - 1, 0, -1):
            older = self.path.with_suffix(f".log.{number}")
            if older.exists():
                older.replace(self.path.with_suffix(f".log.{number + 1}"))
        self.path.replace(self.path.with_suffix(".log.1"))
        self.file = self.path.open("ab")


class Echo:
    """Show the errors of one child, each with its traceback, and not a flood of them."""

    def __init__(self, name: str, log: Path, trouble: re.Pattern[str] = TROUBLE):
        self.name, self.log, self.trouble = name, log, trouble
        self.is_on, self.inside = True, False
        self.window_began, self.shown = 0.0, 0

    def line(self, text: str) -> None:
        if self.trouble.search(text):
            self.inside = True
        elif NEW_RECORD.match(text) or not text.strip():
            self.inside = False
        if self.inside and self.is_on:
            self._show(text)

    def _show(self, text: str) -> None:
        now = time.monotonic()
        if now - self.window_began > QUIET_AFTER:
            self.window_began, self.shown = now, 0
        self.shown += 1
        if self.shown <= SHOWN_AT_ONCE:
            warn(f"  {self.name} | {text.rstrip()}")
        elif self.shown == SHOWN_AT_ONCE + 1:
            warn(f"  {self.name} | … more in {self.log}")


def follow(source: BinaryIO, log: LogFile, echo: Echo) -> None:
    """Carry a child's output to its file, line by line, until it closes."""
    for line in source:
        with suppress(OSError):  # A full disk must not stop the child, which waits for us to read.
            log.write(line)
        echo.line(line.decode(errors="replace"))
