"""CPU, speed and size of the pages people read most, beside the reference page."""

import gzip
import http.client
import re
from dataclasses import dataclass
from urllib.parse import urljoin

from benchmarks.beside import multiple_of, reference_page
from benchmarks.measure import Load, burst, median, memory_mib
from benchmarks.servers import free_port, page_server
from benchmarks.world import World

AT_ONCE = 16
LIST, FIFTY = "thread list", "thread of 50 posts"
COMMON, RARE = "search, common word", "search, rare word"
LONG = ("1,000 posts, first page", "1,000 posts, last page", "1,000 posts, a link to one")
# What a page may cost, as a multiple of the reference page's CPU in the same run.
LIMITS = {LIST: 5.0, FIFTY: 7.0}
# What it may take a single reader, in milliseconds where the reference takes 3.5 (medians).
LONGEST = {FIFTY: 25.0, COMMON: 60.0}
# A page of a long thread beside that of fifty posts; one more post, CPU milliseconds.
LONG_LIMIT = 1.1
POST_LIMIT_MS = 0.25
# Among a hundred times the data: beside the small, and the slowest search but one in twenty.
GROWTH_LIMIT = 1.2
SEARCH_AT_SCALE_MS = 200.0


@dataclass(frozen=True)
class PageFigures:
    name: str
    cpu_ms: float
    ratio: float
    per_second: float
    p50: float  # one request at a time, ms
    alone: float  # the same as a multiple of the reference's
    p95: float  # the same
    p99: float  # sixteen at once, ms

    def missed(self) -> list[str]:
        """The limits it is over, in words."""
        limit, longest = LIMITS.get(self.name), LONGEST.get(self.name)
        words = []
        if limit and self.ratio > limit:
            words.append(f"{self.name}: {self.ratio:.1f} × the reference, not {limit:g}")
        if longest and self.alone > multiple_of(longest):
            words.append(
                f"{self.name}: {self.alone:.1f} × the reference alone, not "
                f"{multiple_of(longest):.1f}"
            )
        return words


def addresses(world: World) -> dict[str, str]:
    base = f"/c/{world.slug}"
    return {
        "home": f"{base}/",
        LIST: f"{base}/discussions/",
        "thread of 1 post": f"{base}/discussions/{world.thread_1}/",
        FIFTY: f"{base}/discussions/{world.thread_50}/",
        LONG[0]: f"{base}/discussions/{world.thread_1000}/?post=1",
        LONG[1]: f"{base}/discussions/{world.thread_1000}/?post=1000",
        LONG[2]: f"{base}/discussions/{world.thread_1000}/?post=500",
        "session": f"{base}/sessions/{world.session}/",
        COMMON: f"{base}/search/?q=partnership",
        RARE: f"{base}/search/?q=measured",
    }


def measure(world: World, *, rounds: int, count: int) -> tuple[list[PageFigures], list[float]]:
    """Rounds of bursts, the reference page in each; medians over the rounds."""
    port = free_port()
    loads: dict[str, list[tuple[Load, Load]]] = {name: [] for name in addresses(world)}
    references: list[Load] = []
    calm_references: list[Load] = []
    with (
        page_server("config.wsgi:application", port, "--config", "python:deploy.pages") as ours,
        reference_page(world.database) as reference,
    ):
        for path in addresses(world).values():  # templates and plans come warm
            burst(port, path, world.reader, count=8, at_once=4, watched=[ours])
        for _round in range(rounds):
            references.append(reference.burst(count, AT_ONCE))
            calm_references.append(reference.burst(max(20, count // 8), 1))
            for name, path in addresses(world).items():
                watched = [ours, world.database]
                busy = burst(
                    port, path, world.reader, count=count, at_once=AT_ONCE, watched=watched
                )
                calm = burst(
                    port, path, world.reader, count=max(20, count // 8), at_once=1, watched=watched
                )
                loads[name].append((busy, calm))
        memory = memory_mib(ours)
    unit = median(load.cpu_ms for load in references)
    figures = [
        PageFigures(
            name="reference page",
            cpu_ms=unit,
            ratio=1.0,
            per_second=median(load.per_second for load in references),
            p50=median(calm.p50 for calm in calm_references),
            alone=1.0,
            p95=median(calm.p95 for calm in calm_references),
            p99=median(load.p99 for load in references),
        )
    ]
    for name, rows in loads.items():
        cost = median(load.cpu_ms for load, _calm in rows)
        figures.append(
            PageFigures(
                name=name,
                cpu_ms=cost,
                # Round by round, so that a slow minute weighs on both sides alike.
                ratio=median(
                    load.cpu_ms / reference.cpu_ms
                    for (load, _calm), reference in zip(rows, references, strict=True)
                ),
                per_second=median(load.per_second for load, _calm in rows),
                p50=median(calm.p50 for _load, calm in rows),
                alone=median(
                    calm.p50 / reference.p50
                    for (_load, calm), reference in zip(rows, calm_references, strict=True)
                ),
                p95=median(calm.p95 for _load, calm in rows),
                p99=median(load.p99 for load, _calm in rows),
            )
        )
    return figures, memory


def of_posts(figures: list[PageFigures]) -> tuple[float, float]:
    """CPU milliseconds of one more post, and the dearest page of 1,000 posts beside that of 50."""
    cost = {row.name: row.cpu_ms for row in figures}
    one_more = (cost[FIFTY] - cost["thread of 1 post"]) / 49
    return one_more, max(cost[name] for name in LONG) / cost[FIFTY]


@dataclass(frozen=True)
class FirstView:
    """What one's first visit to home loads."""

    requests: int
    wire_kb: float
    script_kb: float
    html_kb: float
    nodes: int


def first_view(world: World, path: str) -> FirstView:
    """Load a page and everything it names from this server, compressed as a proxy would."""
    port = free_port()
    with page_server("config.wsgi:application", port, "--config", "python:deploy.pages"):
        html = _get(port, path, world.reader)
        named = re.findall(r'(?:href|src)="(/static/[^"]+)"', html.decode())
        styles = [name for name in named if ".css" in name]
        files = {name: _get(port, name, world.reader) for name in dict.fromkeys(named)}
        for style in styles:
            for name in re.findall(r"url\(\"?([^)\"]+)\"?\)", files[style].decode()):
                if not name.startswith("data:"):
                    where = urljoin(style, name)
                    files.setdefault(where, _get(port, where, world.reader))
    wire = {
        name: len(body) if name.endswith(".woff2") else len(gzip.compress(body, 6))
        for name, body in files.items()
    }
    page = len(gzip.compress(html, 6))
    return FirstView(
        requests=1 + len(files),
        wire_kb=(page + sum(wire.values())) / 1024,
        script_kb=sum(size for name, size in wire.items() if name.endswith(".js")) / 1024,
        html_kb=page / 1024,
        nodes=len(re.findall(rb"<[a-z]", html)),
    )


def _get(port: int, path: str, cookie: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Cookie": cookie})
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"{path}: {response.status}")
    return body
