"""How many lines a second a room of thousands carries, over one socket process and over more.

The readers share the machine with what is measured. So most sockets are read only a few times a
second, many lines at once, which costs next to nothing; each of them is still checked for every
line: none lost, none twice, all in order. The others are read at once; they speak, and give times.
"""

import asyncio
import os
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import psutil

from benchmarks.chat import Arrivals, enter, people, say, servers
from benchmarks.listeners import PING, Listener
from benchmarks.measure import cpu_seconds, quantile
from benchmarks.world import World, cookies

RATES = (5, 10, 15, 20, 30, 45, 60, 80, 100, 120)  # lines a second
SECONDS = 8
WATCHED = 150  # each may say ten lines in ten seconds
SWEEP = 0.25  # seconds between two looks at the others
AT_ONCE = 100  # sockets looked at before those that are watched get their turn again
KEPT_UP = 0.9  # of the rate; what carries less is as fast as it gets
GAIN = 1.2  # × the lines that one process carries, from a second one
PATIENCE = 60  # seconds in which all of a step's lines must be everywhere
SEQ = re.compile(rb'\{"type":"msg","seq":(\d+),')


@dataclass(frozen=True)
class Step:
    """One rate. Milliseconds; `carried`: lines a second until every socket had all of them."""

    per_second: float
    carried: float
    last_p50: float
    last_p99: float
    ack_p95: float
    cpu_ms: float  # of the socket processes, for one line
    wrong: int  # sockets where a line was lost, came twice or in another order

    @property
    def holds(self) -> bool:
        return self.carried >= KEPT_UP * self.per_second


class Counted:
    """A socket that is read now and then; `lines`: how many came, in their order."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._descriptor, self._rest = listener.hold()
        self._latest = self.lines = 0
        self.is_right = True

    def look(self, buffer: memoryview) -> None:
        try:
            size = os.readv(self._descriptor, [buffer])
        except BlockingIOError:
            return
        seen = read_frames(self._rest + bytes(buffer[:size]))
        self._rest = seen.rest
        for ping in seen.pings:
            self._listener.pong(ping)
        if seen.lines:
            follows = not self._latest or seen.first == self._latest + 1
            self.is_right &= bool(size) and follows and seen.is_whole
            self._latest = seen.first + seen.lines - 1
            self.lines += seen.lines


@dataclass(frozen=True)
class Seen:
    """What some bytes of a socket hold; `is_whole`: each line follows the one before it."""

    first: int
    lines: int
    is_whole: bool
    pings: tuple[bytes, ...]
    rest: bytes


@lru_cache(maxsize=1024)
def read_frames(data: bytes) -> Seen:
    """Remembered, since all sockets of a room receive the same bytes."""
    numbers, pings, at = [], [], 0
    while len(data) - at >= 4:
        size, begin = data[at + 1], at + 2
        if size == 126:
            size, begin = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
        if len(data) - begin < size:
            break
        if data[at] & 15 == PING:
            pings.append(data[begin : begin + size])
        elif found := SEQ.match(data, begin):
            numbers.append(int(found[1]))
        at = begin + size
    first = numbers[0] if numbers else 0
    is_whole = numbers == list(range(first, first + len(numbers)))
    return Seen(first, len(numbers), is_whole, tuple(pings), data[at:])


def measure(world: World, sockets: int, processes: int) -> list[Step]:
    """Faster and faster, until the room no longer keeps up."""
    readers = cookies(people(world, sockets))
    path = f"/ws/c/{world.slug}/sessions/{world.session}/"
    with servers(processes) as (ports, watched):
        return asyncio.run(_faster(ports, watched, path, readers))


async def _faster(
    ports: Sequence[int], watched: Sequence[psutil.Process], path: str, readers: Sequence[str]
) -> list[Step]:
    arrivals = Arrivals()
    listeners = await enter(ports, path, readers, arrivals)
    counted = [Counted(listener) for listener in listeners[WATCHED:]]
    sweeping = asyncio.create_task(_sweep(counted))
    steps: list[Step] = []
    for per_second in RATES:
        steps.append(await _step(listeners[:WATCHED], counted, arrivals, watched, per_second))
        if not steps[-1].holds:
            break
    sweeping.cancel()
    for listener in listeners:
        listener.close()
    return steps


async def _sweep(counted: Sequence[Counted]) -> None:
    buffer = memoryview(bytearray(2**18))
    while True:
        begun = time.perf_counter()
        for begin in range(0, len(counted), AT_ONCE):
            for socket in counted[begin : begin + AT_ONCE]:
                socket.look(buffer)
            await asyncio.sleep(0)
        await asyncio.sleep(max(0, begun + SWEEP - time.perf_counter()))


async def _step(
    speakers: Sequence[Listener],
    counted: Sequence[Counted],
    arrivals: Arrivals,
    watched: Sequence[psutil.Process],
    per_second: float,
) -> Step:
    """Say lines at one rate, and wait until all of them are everywhere."""
    arrivals.forget()
    for socket in counted:
        socket.lines = 0
    lines = int(per_second * SECONDS)
    before, begun = cpu_seconds(watched), time.perf_counter()
    for number in range(lines):
        say(speakers[number % len(speakers)], arrivals)
        await asyncio.sleep(max(0, begun + (number + 1) / per_second - time.perf_counter()))
    while _wrong(speakers, counted, arrivals) and time.perf_counter() < begun + PATIENCE:
        await asyncio.sleep(0.02)
    took, spent = time.perf_counter() - begun, cpu_seconds(watched) - before
    await asyncio.sleep(2 * SWEEP)  # whatever would come twice
    late = arrivals.late()
    return Step(
        per_second=per_second,
        carried=lines / took,
        last_p50=quantile(late, 0.5),
        last_p99=quantile(late, 0.99),
        ack_p95=quantile(arrivals.acks(), 0.95),
        cpu_ms=spent * 1000 / lines,
        wrong=_wrong(speakers, counted, arrivals),
    )


def _wrong(speakers: Sequence[Listener], counted: Sequence[Counted], arrivals: Arrivals) -> int:
    """Sockets that lack a line, or have one twice or out of order."""
    lines = len(arrivals.sent)
    elsewhere = sum(not socket.is_right or socket.lines != lines for socket in counted)
    return elsewhere + max(abs(seen - len(speakers)) for seen in arrivals.seen.values())
