"""The library's list and its search among thousands, beside the reference page."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from benchmarks.beside import multiple_of, reference_page
from benchmarks.measure import Load, burst, median
from benchmarks.servers import free_port, page_server
from benchmarks.world import World

RESOURCES = 5_000
AT_ONCE = 4
LIST, CHOSEN, CHANGED, ANEW, EVERYWHERE, COMMON, RARE = (
    "library, list", "library, a theme chosen", "library, changed before each look",
    "library, all looked through", "library, word in most files", "library, common word",
    "library, rare word",
)  # fmt: skip
# CPU as a multiple of the reference page; p95 of one reader, in milliseconds where it takes 3.5.
CPU_LIMIT = {LIST: 6.0, CHOSEN: 6.0, CHANGED: 8.0}
# Whoever looks first within an hour has all looked through: told, and no limit.
LISTS = [LIST, CHOSEN, CHANGED]
SEARCHES = [EVERYWHERE, COMMON, RARE]
P95_LIMIT = {**dict.fromkeys(LISTS, 120.0), **dict.fromkeys(SEARCHES, 150.0)}


@dataclass(frozen=True)
class ShelfFigures:
    name: str
    cpu_ms: float
    ratio: float
    p50: float  # one reader, ms
    p95: float
    alone: float  # p95 beside the reference page's p50, both of one reader

    def missed(self) -> list[str]:
        words = []
        if self.ratio > CPU_LIMIT.get(self.name, self.ratio):
            words.append(f"{self.name}: {self.ratio:.1f} × the reference")
        if self.name in P95_LIMIT and self.alone > multiple_of(P95_LIMIT[self.name]):
            words.append(f"{self.name}: p95 {self.alone:.1f} × the reference alone")
        return words


def measure(world: World, *, rounds: int, count: int) -> list[ShelfFigures]:
    port = free_port()
    loads: dict[str, list[tuple[Load, Load, Load, Load]]] = {}
    with (
        page_server("config.wsgi:application", port, "--config", "python:deploy.pages") as ours,
        reference_page(world.database) as reference,
    ):
        watched = [ours, world.database]
        paths = _addresses(world)
        for path in paths.values():
            burst(port, path, world.reader, count=8, at_once=4, watched=watched)
        for _round in range(rounds):
            for name, path in paths.items():
                # Just before each, for a machine's speed changes within minutes.
                beside = reference.burst(count, AT_ONCE), reference.burst(count, 1)
                with changing(world, name) if name in (CHANGED, ANEW) else nullcontext():
                    busy, calm = (
                        burst(port, path, world.reader, count=count, at_once=n, watched=watched)
                        for n in (AT_ONCE, 1)
                    )
                loads.setdefault(name, []).append((busy, calm, *beside))
    return [_figures(name, rows) for name, rows in loads.items()]


@contextmanager
def changing(world: World, name: str) -> Iterator[None]:
    """The library changes all the time: a resource, or what stands for all of them."""
    from resources.changes import tell
    from resources.models import Resource

    resource, is_over = (
        Resource.objects.filter(cohort__slug=world.slug).latest("pk"),
        threading.Event(),
    )
    which = [resource.pk] if name == CHANGED else [None]

    def change() -> None:
        while not is_over.wait(0.01):
            tell(resource.cohort_id, which)

    at_work = threading.Thread(target=change)
    at_work.start()
    try:
        yield
    finally:
        is_over.set()
        at_work.join()


def _figures(name: str, rows: list[tuple[Load, Load, Load, Load]]) -> ShelfFigures:
    return ShelfFigures(
        name=name,
        cpu_ms=median(busy.cpu_ms for busy, *_others in rows),
        ratio=median(busy.cpu_ms / beside.cpu_ms for busy, _calm, beside, _alone in rows),
        p50=median(calm.p50 for _busy, calm, *_others in rows),
        p95=median(calm.p95 for _busy, calm, *_others in rows),
        alone=median(calm.p95 / alone.p50 for _busy, calm, _beside, alone in rows),
    )


def _addresses(world: World) -> dict[str, str]:
    from cohort.models import Theme
    from demo.scale_library import rare_word
    from resources.models import Resource

    library = f"/c/{world.slug}/library/"
    titles = Resource.objects.filter(cohort__slug=world.slug).exclude(url="").order_by("pk")
    made_up = max(titles.values_list("title", flat=True)[0].split(), key=len)
    theme = Theme.objects.top()[0].slug
    return {
        LIST: library,
        CHOSEN: f"{library}?theme={theme}",
        CHANGED: library,
        ANEW: library,
        COMMON: f"{library}?q=partnership",
        EVERYWHERE: f"{library}?q={made_up.strip('.').lower()}",
        RARE: f"{library}?q={rare_word(7)}",
    }
