"""Opening a live room: however much was said in it, and when everybody comes at once."""

import asyncio
import http.client
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks.chat import people
from benchmarks.listeners import Listener, listen
from benchmarks.measure import burst, median, quantile
from benchmarks.servers import free_port, page_server, socket_server
from benchmarks.world import World, cookies

FEW, MANY = 50, 5_000
OPENING_LIMIT = 1.1  # × what a room with few lines costs
STORM, STORM_SECONDS = 200, 10.0
STORM_LIMIT = 1_000.0  # ms, p95
ROUNDS = 5


@dataclass(frozen=True)
class RoomFigures:
    few_ms: float  # CPU, page of a room with few lines
    many_ms: float
    storm_p50: float  # ms, pages
    storm_p95: float
    socket_p95: float  # ms, until the socket said hello
    refused: int

    @property
    def growth(self) -> float:
        return self.many_ms / self.few_ms


def measure(world: World) -> RoomFigures:
    pages, sockets = free_port(), free_port()
    with (
        page_server("config.wsgi:application", pages, "--config", "python:deploy.pages") as server,
        socket_server(sockets, BASE_URL=f"http://127.0.0.1:{pages}"),
    ):
        path = f"/c/{world.slug}/sessions/{world.session}/live/"
        costs: dict[int, list[float]] = {FEW: [], MANY: []}
        for _round in range(ROUNDS):
            for lines, figures in costs.items():
                _fill(world, lines)
                burst(pages, path, world.reader, count=5, at_once=1, watched=[])
                watched = [server, world.database]
                load = burst(pages, path, world.reader, count=40, at_once=4, watched=watched)
                figures.append(load.cpu_ms)
        latencies, hellos = _storm(world, pages, sockets, path)
    return RoomFigures(
        few_ms=median(costs[FEW]),
        many_ms=median(costs[MANY]),
        storm_p50=quantile(latencies, 0.5),
        storm_p95=quantile(latencies, 0.95),
        socket_p95=quantile(hellos, 0.95),
        refused=2 * STORM - len(latencies) - len(hellos),
    )


def _fill(world: World, lines: int) -> None:
    """Leave exactly so many lines in the room."""
    from cohort.models import Membership
    from sessions.models import ChatMessage, Room

    members = list(Membership.objects.filter(cohort__slug=world.slug).order_by("pk")[:20])
    ChatMessage.objects.filter(room=world.session).delete()
    ChatMessage.objects.bulk_create(
        ChatMessage(
            room_id=world.session,
            seq=seq,
            sender=members[seq % len(members)],
            client_id=uuid.uuid4(),
            body=f"Line number {seq}, about as long as people write them.",
        )
        for seq in range(1, lines + 1)
    )
    Room.objects.filter(pk=world.session).update(last_seq=lines)


def _storm(world: World, pages: int, sockets: int, path: str) -> tuple[list[float], list[float]]:
    """Each asks for the page, then opens the socket; evenly over the seconds."""
    readers = cookies(people(world, STORM))

    def visit(number: int) -> float | None:
        time.sleep(number * STORM_SECONDS / STORM)
        begun = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", pages, timeout=30)
        connection.request("GET", path, headers={"Cookie": readers[number]})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return (time.perf_counter() - begun) * 1000 if answer.status == 200 else None

    async def visits() -> tuple[list[float], list[float]]:
        hellos: list[float] = []
        loop = asyncio.get_running_loop()

        async def arrive(number: int) -> float | None:
            took = await loop.run_in_executor(pool, visit, number)
            begun = time.perf_counter()

            def heard(_listener: Listener, frame: bytes) -> None:
                if frame.startswith(b'{"type":"hello"'):
                    hellos.append((time.perf_counter() - begun) * 1000)

            await listen(
                sockets,
                f"/ws/c/{world.slug}/sessions/{world.session}/",
                heard,
                cookie=readers[number],
                origin=f"http://127.0.0.1:{pages}",
            )
            return took

        with ThreadPoolExecutor(STORM) as pool:
            taken = await asyncio.gather(*(arrive(number) for number in range(STORM)))
        await asyncio.sleep(1)
        return [took for took in taken if took is not None], hellos

    return asyncio.run(visits())
