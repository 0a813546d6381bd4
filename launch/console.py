"""What the terminal shows: one calm line per thing, and how long it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Trouble(Exception):
    """Something the reader has to know; its words are shown without a traceback."""


def say(text: str = "") -> None:
    print(text, flush=True)


def warn(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Name what is being done and, when it is done, the seconds it took."""
    began = time.monotonic()
    in_place = sys.stdout.isatty()
    if in_place:
        print(f"  … {name}", end="", flush=True)
    try:
        yield
    except BaseException:
        print(f"{_rewind(in_place)}  ✗ {name}", flush=True)
        raise
    seconds = time.monotonic() - began
    print(f"{_rewind(in_place)}  ✓ {name:<40} {seconds:6.1f} s", flush=True)


def _rewind(in_place: bool) -> str:
    return "\r\033[K" if in_place else ""


def plain_output() -> None:
    """A terminal that knows no Unicode gets question marks, never a crash."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
