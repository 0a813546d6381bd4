"""Pages while fifty people on slow lines each take a large file.

Twice: as a site runs (pages by gunicorn, files by uvicorn), and as a small site does (all by one
uvicorn).
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import psutil

from benchmarks.measure import Load, burst, cpu_seconds, median
from benchmarks.readers import reading
from benchmarks.servers import free_port, page_server, socket_server
from benchmarks.world import World, cookies

READERS, PER_SECOND = 50, 50 * 1024
SIZE = 25 * 1024 * 1024
# Of fewer requests the p95 is that of five pages, and noise.
COUNT, AT_ONCE = 160, 2
# Page times with the readers beside the mean of those without, just before and just after.
LIMIT = 1.25
GROWTH_MIB = 30.0
APART, ONE = "pages and files apart", "one process"


@dataclass(frozen=True)
class DownloadFigures:
    way: str
    alone: tuple[float, float]  # p50, p95 of pages in ms, nobody downloading
    beside: tuple[float, float]
    ratios: tuple[float, float]  # round by round
    grown_mib: float  # the process that gives the files
    giver_ms: float  # its CPU, for each second of giving while no page is asked for


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
    beside, grown, spent = [], [], []
    _load(pages, page, world)
    with reading(files, path, people, PER_SECOND):  # the first of anything costs memory
        pass
    alone = [_load(pages, page, world)]
    for _round in range(3 * rounds):
        before = giver.memory_info().rss
        with reading(files, path, people, PER_SECOND):
            beside.append(_load(pages, page, world))
            grown.append((giver.memory_info().rss - before) / 2**20)
            spent.append(_spent(giver))
        alone.append(_load(pages, page, world))
    return DownloadFigures(
        way,
        alone=(median(load.p50 for load in alone), median(load.p95 for load in alone)),
        beside=(median(load.p50 for load in beside), median(load.p95 for load in beside)),
        ratios=(
            _multiple([load.p50 for load in alone], [load.p50 for load in beside]),
            _multiple([load.p95 for load in alone], [load.p95 for load in beside]),
        ),
        grown_mib=max(grown),
        giver_ms=sum(spent) * 1000 / len(spent),
    )


def _spent(process: psutil.Process) -> float:
    before = cpu_seconds([process])
    time.sleep(1)
    return cpu_seconds([process]) - before


def _multiple(alone: list[float], beside: list[float]) -> float:
    """The median of each `beside` over the mean of the two `alone` that it lies between."""
    around = pairwise(alone)
    return median(
        2 * each / (before + after) for each, (before, after) in zip(beside, around, strict=True)
    )


def _load(port: int, page: str, world: World) -> Load:
    return burst(port, page, world.reader, count=COUNT, at_once=AT_ONCE, watched=[])


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
