"""Looking through the bytes of an upload, however many, with a few megabytes of them in memory.

A file on disk is mapped. What has been looked at stays in a process' memory until the system wants
it back; here it is let go of as soon as the look has moved on.
"""

import re
from collections.abc import Iterator
from mmap import MADV_DONTNEED, PAGESIZE, mmap

Buffer = bytes | mmap
STEP = 1 << 20
# No pattern that is looked for may match more than this.
LONGEST_MATCH = 4096


def let_go(data: Buffer, start: int, end: int) -> None:
    """Of a mapped file these bytes need not stay in memory; looked at again, they come again."""
    start -= start % PAGESIZE
    end -= end % PAGESIZE
    if isinstance(data, mmap) and start < end:
        data.madvise(MADV_DONTNEED, start, end - start)


def pieces(data: Buffer, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """A stretch of the bytes, by default all, in order."""
    end = len(data) if end is None else end
    for at in range(start, end, STEP):
        yield data[at : min(at + STEP, end)]
        let_go(data, at, at + STEP)


def find_all(pattern: re.Pattern[bytes], data: Buffer, start: int = 0) -> Iterator[re.Match[bytes]]:
    """Each place that matches, from `start` on. See LONGEST_MATCH."""
    for at in range(start, len(data), STEP):
        for found in pattern.finditer(data, max(at, start), at + STEP + LONGEST_MATCH):
            if found.start() >= at + STEP:  # the next window's, which sees all of it
                break
            yield found
            start = max(start, found.end())
        let_go(data, at, at + STEP)


def find(pattern: re.Pattern[bytes], data: Buffer, start: int = 0) -> re.Match[bytes] | None:
    """The first place that matches, from `start` on. See LONGEST_MATCH."""
    return next(find_all(pattern, data, start), None)


class Behind:
    """Lets go of what lies behind somebody who walks through the bytes."""

    def __init__(self, data: Buffer) -> None:
        self._data = data
        self._gone = 0

    def stands(self, at: int) -> None:
        if at - self._gone > STEP:
            let_go(self._data, self._gone, at)
            self._gone = at
