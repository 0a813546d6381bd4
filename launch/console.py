"""What the terminal shows: one calm line per thing, and how long it took."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

CLEAR = "\r\033[K"


class Trouble(Exception):
    """Something the reader has to know; its words are shown without a traceback."""


def say(text: str = "") -> None:
    print(text, flush=True)


def warn(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(name: str) -> Iterator[Callable[[str], None]]:
    """Name what is being done and, when it is done, the seconds it took.

    Yields a function that shows how far it is, where the terminal can show that in place.
    """
    began, in_place = time.monotonic(), sys.stdout.isatty()

    def show(progress: str) -> None:
        if in_place:
            print(f"{CLEAR}  … {name}  {progress}", end="", flush=True)

    show("")
    try:
        yield show
    except BaseException:
        print(f"{CLEAR if in_place else ''}  ✗ {name}", flush=True)
        raise
    seconds = time.monotonic() - began
    print(f"{CLEAR if in_place else ''}  ✓ {name:<40} {seconds:6.1f} s", flush=True)


def plain_output() -> None:
    """A terminal that knows no Unicode gets question marks, never a crash."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
