"""A line's way to the last of many sockets, beside a bare broadcast of the same run."""

import asyncio
import json
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import psutil

from benchmarks.listeners import Listener, listen
from benchmarks.measure import cpu_seconds, quantile
from benchmarks.servers import free_port, module, running, socket_server
from benchmarks.world import World, cookies

SENDERS = 20  # a person may say ten lines in ten seconds
LAST_MS, RATIO, ACK_MS = 150, 4.0, 50  # limits, from CROWD sockets on
# In a smaller room most of the way is the line's to the disk, which a bare broadcast does not go.
CROWD = 1_000


@dataclass(frozen=True)
class ChatFigures:
    """Milliseconds. `last`: until the last socket has a line; `ack`: until its sender knows."""

    sockets: int
    processes: int
    per_second: float
    last_p50: float
    last_p99: float
    ack_p50: float
    ack_p95: float
    cpu_ms: float  # of the servers, for one line
    bare_p50: float
    bare_p99: float
    bare_cpu_ms: float
    lost: int
    doubled: int

    @property
    def ratio(self) -> float:
        return self.last_p50 / self.bare_p50

    @property
    def ratio_p99(self) -> float:
        return self.last_p99 / self.bare_p99

    def missed(self) -> list[str]:
        name = f"chat, {self.sockets:,} sockets"
        found = []
        if self.lost or self.doubled:
            found.append(f"{name}: {self.lost} lost, {self.doubled} doubled")
        if self.sockets >= CROWD and self.ratio_p99 > RATIO:
            found.append(f"{name}: p99 {self.ratio_p99:.1f} × the bare broadcast")
        return found


@dataclass
class Arrivals:
    """When each line was sent, acknowledged, and seen by how many sockets, how late the last."""

    sent: dict[str, float] = field(default_factory=dict)
    acked: dict[str, float] = field(default_factory=dict)
    last: dict[str, float] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    cpu_ms: float = 0.0

    def forget(self) -> None:
        for lines in (self.sent, self.acked, self.last, self.seen):
            lines.clear()

    def late(self) -> list[float]:
        return [(self.last[line] - sent) * 1000 for line, sent in self.sent.items()]

    def acks(self) -> list[float]:
        return [(at - self.sent[line]) * 1000 for line, at in self.acked.items()]

    def hear(self, _listener: Listener, frame: bytes) -> None:
        # Looked for in the bytes: parsing every frame a thousand times would measure the client.
        begin = frame.find(b'client_id":')
        if begin < 0:
            return
        begin = frame.index(b'"', begin + 11) + 1
        line = frame[begin : begin + 36].decode()
        if line not in self.sent:
            return
        now = time.perf_counter()
        if b'"ack"' in frame[:20]:
            self.acked[line] = now
        else:
            self.seen[line] += 1
            self.last[line] = now


def measure(
    world: World, sockets: int, *, lines: int, per_second: float, processes: int = 1
) -> ChatFigures:
    readers = cookies(people(world, sockets))
    path = f"/ws/c/{world.slug}/sessions/{world.session}/"
    with servers(processes) as (ports, watched):
        ours = asyncio.run(_room(ports, watched, path, readers, lines, per_second, is_ours=True))
    port = free_port()
    with running(module("benchmarks.reference", "broadcast", str(port)), port) as server:
        bare = asyncio.run(_room([port], [server], "/", readers, lines, per_second))
    return ChatFigures(
        sockets=sockets,
        processes=processes,
        per_second=per_second,
        last_p50=quantile(ours.late(), 0.5),
        last_p99=quantile(ours.late(), 0.99),
        ack_p50=quantile(ours.acks(), 0.5),
        ack_p95=quantile(ours.acks(), 0.95),
        cpu_ms=ours.cpu_ms,
        bare_p50=quantile(bare.late(), 0.5),
        bare_p99=quantile(bare.late(), 0.99),
        bare_cpu_ms=bare.cpu_ms,
        lost=sum(max(0, sockets - ours.seen[line]) for line in ours.sent),
        doubled=sum(max(0, ours.seen[line] - sockets) for line in ours.sent),
    )


def people(world: World, number: int) -> list[int]:
    """As many users of the measured cohort. Raises ValueError when there are fewer."""
    from cohort.models import Membership

    members = Membership.objects.filter(cohort__slug=world.slug).order_by("pk")
    users = list(members.values_list("user_id", flat=True)[:number])
    if len(users) < number:
        raise ValueError(f"{number} sockets need as many people: --people {number}")
    return users


@contextmanager
def servers(processes: int) -> Iterator[tuple[list[int], list[psutil.Process]]]:
    ports = [free_port() for _n in range(processes)]
    with ExitStack() as stack:
        yield (
            ports,
            [
                stack.enter_context(socket_server(port, BASE_URL=f"http://127.0.0.1:{port}"))
                for port in ports
            ],
        )


async def _room(
    ports: Sequence[int],
    watched: Sequence[psutil.Process],
    path: str,
    readers: Sequence[str],
    lines: int,
    per_second: float,
    *,
    is_ours: bool = False,
) -> Arrivals:
    """Open all sockets, say the lines from some of them, and wait for the last to arrive."""
    arrivals = Arrivals()
    sockets = await enter(ports, path, readers, arrivals, is_ours=is_ours)
    before, begun = cpu_seconds(watched), time.perf_counter()
    for number in range(lines):
        say(sockets[number % min(SENDERS, len(sockets))], arrivals)
        await asyncio.sleep(max(0, begun + (number + 1) / per_second - time.perf_counter()))
    ends = time.perf_counter() + 20
    while time.perf_counter() < ends and any(
        arrivals.seen[line] < len(sockets) for line in arrivals.sent
    ):
        await asyncio.sleep(0.1)
    arrivals.cpu_ms = (cpu_seconds(watched) - before) * 1000 / lines
    await asyncio.sleep(0.5)  # whatever would come twice
    for socket in sockets:
        socket.close()
    return arrivals


async def enter(
    ports: Sequence[int],
    path: str,
    readers: Sequence[str],
    arrivals: Arrivals,
    *,
    is_ours: bool = True,
) -> list[Listener]:
    """A socket for each reader, in turn over the servers; returns when the room is quiet."""

    def heard(listener: Listener, frame: bytes) -> None:
        if frame.startswith(b'{"type":"hello"'):
            listener.send(_resume(frame))
        else:
            arrivals.hear(listener, frame)

    sockets: list[Listener] = []
    for begin in range(0, len(readers), 50):
        sockets += await asyncio.gather(
            *(
                listen(
                    port := ports[number % len(ports)],
                    path,
                    heard,
                    cookie=cookie if is_ours else "",
                    origin=f"http://127.0.0.1:{port}" if is_ours else "",
                )
                for number, cookie in enumerate(readers[begin : begin + 50], start=begin)
            )
        )
    await asyncio.sleep(4 + len(sockets) / 200)  # the news of who is here settles
    return sockets


def _resume(hello: bytes) -> str:
    frame = json.loads(hello)
    return json.dumps(
        {
            "type": "resume",
            "after_seq": frame["head_seq"],
            "after_rev": frame["head_rev"],
            "epoch": frame["epoch"],
        }
    )


def say(socket: Listener, arrivals: Arrivals) -> None:
    line = str(uuid.uuid4())
    arrivals.seen[line] = 0
    arrivals.sent[line] = arrivals.last[line] = time.perf_counter()
    socket.send(json.dumps({"type": "msg", "client_id": line, "text": f"A line, {line}"}))
