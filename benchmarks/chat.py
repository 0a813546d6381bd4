"""A line's way to the last of many sockets, beside a bare broadcast of the same run."""

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.measure import quantile
from benchmarks.servers import free_port, module, running, socket_server
from benchmarks.world import World, cookies

SENDERS = 20  # a person may say ten lines in ten seconds


@dataclass(frozen=True)
class ChatFigures:
    sockets: int
    last_p50: float  # ms until the last socket has a line
    last_p99: float
    ack_p50: float  # ms until its sender knows that it is kept
    bare_p50: float
    bare_p99: float
    lost: int
    doubled: int

    @property
    def ratio(self) -> float:
        return self.last_p50 / self.bare_p50


@dataclass
class Arrivals:
    """When each line was sent, acknowledged, and seen by how many sockets, how late the last."""

    sent: dict[str, float] = field(default_factory=dict)
    acked: dict[str, float] = field(default_factory=dict)
    last: dict[str, float] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)

    def late(self) -> list[float]:
        return [(self.last[line] - sent) * 1000 for line, sent in self.sent.items()]


def measure(world: World, sockets: int, *, lines: int, per_second: float) -> ChatFigures:
    from cohort.models import Membership

    users = list(
        Membership.objects.filter(cohort__slug=world.slug)
        .order_by("pk")
        .values_list("user_id", flat=True)[:sockets]
    )
    if len(users) < sockets:
        raise ValueError(f"{sockets} sockets need as many people")
    port = free_port()
    with socket_server(port, BASE_URL=f"http://127.0.0.1:{port}"):
        room = f"ws://127.0.0.1:{port}/ws/c/{world.slug}/sessions/{world.session}/"
        ours = asyncio.run(
            _room(room, cookies(users), lines, per_second, origin=f"http://127.0.0.1:{port}")
        )
    bare_port = free_port()
    with running(module("benchmarks.reference", "broadcast", str(bare_port)), bare_port):
        bare = asyncio.run(_room(f"ws://127.0.0.1:{bare_port}/", [""] * sockets, lines, per_second))
    return ChatFigures(
        sockets=sockets,
        last_p50=quantile(ours.late(), 0.5),
        last_p99=quantile(ours.late(), 0.99),
        ack_p50=quantile([(ours.acked[line] - at) * 1000 for line, at in ours.sent.items()], 0.5),
        bare_p50=quantile(bare.late(), 0.5),
        bare_p99=quantile(bare.late(), 0.99),
        lost=sum(max(0, sockets - ours.seen[line]) for line in ours.sent),
        doubled=sum(max(0, ours.seen[line] - sockets) for line in ours.sent),
    )


async def _room(
    url: str, readers: list[str], lines: int, per_second: float, origin: str | None = None
) -> Arrivals:
    arrivals = Arrivals()
    sockets: list[ClientConnection] = []
    for begin in range(0, len(readers), 50):
        sockets += await asyncio.gather(
            *(
                connect(
                    url,
                    additional_headers={"Cookie": cookie} if cookie else None,
                    origin=origin,  # type: ignore[arg-type]
                    compression=None,
                    open_timeout=60,
                )
                for cookie in readers[begin : begin + 50]
            )
        )
    if origin:
        for socket in sockets:
            hello = json.loads(await socket.recv())
            await socket.send(
                json.dumps(
                    {
                        "type": "resume",
                        "after_seq": hello["head_seq"],
                        "after_rev": hello["head_rev"],
                        "epoch": hello["epoch"],
                    }
                )
            )
    listening = [asyncio.create_task(_listen(socket, arrivals)) for socket in sockets]
    await asyncio.sleep(2)  # the news of who is here settles
    for number in range(lines):
        await _say(sockets[number % min(SENDERS, len(sockets))], arrivals)
        await asyncio.sleep(1 / per_second)
    ends = time.perf_counter() + 15
    while time.perf_counter() < ends and any(
        arrivals.seen.get(line, 0) < len(sockets) for line in arrivals.sent
    ):
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.5)  # whatever would come twice
    for task in listening:
        task.cancel()
    await asyncio.gather(*(socket.close() for socket in sockets), return_exceptions=True)
    return arrivals


async def _say(socket: ClientConnection, arrivals: Arrivals) -> None:
    line = str(uuid.uuid4())
    arrivals.seen[line] = 0
    arrivals.sent[line] = arrivals.last[line] = time.perf_counter()
    await socket.send(json.dumps({"type": "msg", "client_id": line, "text": f"A line, {line}"}))


async def _listen(socket: ClientConnection, arrivals: Arrivals) -> None:
    async for frame in socket:
        now = time.perf_counter()
        # Looked for in the text: parsing every frame five hundred times would measure the client.
        place = frame.find('client_id":')
        if place < 0:
            continue
        begin = frame.index('"', place + 11) + 1  # type: ignore[arg-type]
        line = str(frame[begin : begin + 36])
        if line not in arrivals.sent:
            continue
        if '"ack"' in frame[:20]:  # type: ignore[operator]
            arrivals.acked[line] = now
        else:
            arrivals.seen[line] += 1
            arrivals.last[line] = max(arrivals.last[line], now)
