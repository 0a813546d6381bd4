"""Pages while fifty people on slow lines each take a large file.

Twice: as a site runs (pages by gunicorn, files by uvicorn), and as a small site does (all by one
uvicorn).
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import psutil

from benchmarks.measure import Load, burst, median, wait_until
from benchmarks.readers import reading
from benchmarks.servers import free_port, page_server, socket_server
from benchmarks.world import World, cookies

READERS, PER_SECOND = 50, 50 * 1024
SIZE = 25 * 1024 * 1024
COUNT, AT_ONCE = 80, 4
# Page times with the readers beside those without, in the same run.
LIMIT = 1.25
APART, ONE = "pages and files apart", "one process"


@dataclass(frozen=True)
class DownloadFigures:
    way: str
    alone: tuple[float, float]  # p50, p95 of pages in ms, nobody downloading
    beside: tuple[float, float]
    under_way: int
    grown_mib: float  # the process that gives the files

    @property
    def ratios(self) -> tuple[float, float]:
        return self.beside[0] / self.alone[0], self.beside[1] / self.alone[1]


def measure(world: World, *, rounds: int) -> list[DownloadFigures]:
    path = large_file(world)
    figures = []
    for way in (APART, ONE):
        with _servers(way) as (pages, files, giver):
            figures.append(_beside(world, way, path, pages, files, giver, rounds))
    return figures


@contextmanager
def _servers(way: str) -> Iterator[tuple[int, int, psutil.Process]]:
    """The ports of pages and of files, and the process that gives the files."""
    pages, files = free_port(), free_port()
    with ExitStack() as running:
        giver = running.enter_context(socket_server(files))
        if way == ONE:
            yield files, files, giver
            return
        running.enter_context(
            page_server("config.wsgi:application", pages, "--config", "python:deploy.pages")
        )
        yield pages, files, giver


def _beside(
    world: World, way: str, path: str, pages: int, files: int, giver: psutil.Process, rounds: int
) -> DownloadFigures:
    people = _cookies(world, READERS)
    page = f"/c/{world.slug}/discussions/{world.thread_50}/"
    alone, beside, grown, under_way = [], [], [], READERS
    _load(pages, page, world)
    with reading(files, path, people, PER_SECOND):  # the first of anything costs memory
        time.sleep(2)
    for _round in range(rounds):
        alone.append(_load(pages, page, world))
        before = giver.memory_info().rss
        with reading(files, path, people, PER_SECOND) as readers:
            wait_until(lambda: readers.under_way == READERS, "downloads")  # noqa: B023
            beside.append(_load(pages, page, world))
            grown.append((giver.memory_info().rss - before) / 2**20)
            under_way = min(under_way, readers.under_way)
    return DownloadFigures(way, _medians(alone), _medians(beside), under_way, max(grown))


def _load(port: int, page: str, world: World) -> Load:
    return burst(port, page, world.reader, count=COUNT, at_once=AT_ONCE, watched=[])


def _medians(loads: list[Load]) -> tuple[float, float]:
    return median(load.p50 for load in loads), median(load.p95 for load in loads)


def _cookies(world: World, count: int) -> list[str]:
    from cohort.models import Membership

    members = Membership.objects.active().filter(cohort__slug=world.slug).order_by("pk")
    return cookies(list(members.values_list("user", flat=True)[:count]))


def large_file(world: World, size: int = SIZE) -> str:
    """The address of a text of so many bytes in the library."""
    from django.urls import reverse

    resource = add_text(world, "Measured text", b"Taken slowly, by many.\n" * (size // 23))
    return reverse("resources:resource_download", args=[world.slug, resource.pk])


def add_text(world: World, title: str, data: bytes) -> Any:
    from django.core.files.base import ContentFile

    from cohort.files import check_upload
    from cohort.models import Membership
    from resources.models import Resource
    from resources.services import add_resource

    adder = Membership.objects.filter(cohort__slug=world.slug).order_by("pk")[4]
    file = check_upload(ContentFile(data, "measured.txt"))
    return add_resource(
        added_by=adder, title=title, kind=Resource.Kind.ARTICLE, themes=[], file=file
    )
