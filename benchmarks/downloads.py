"""Pages while fifty people on slow lines each take a large file.

Twice: as a site runs (pages by gunicorn, files by uvicorn), and as a small site does (all by one
uvicorn).
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import psutil

from benchmarks.measure import Load, burst, median
from benchmarks.readers import reading
from benchmarks.servers import free_port, page_server, socket_server
from benchmarks.world import World, cookies

READERS, PER_SECOND = 50, 50 * 1024
SIZE = 25 * 1024 * 1024
COUNT, AT_ONCE = 100, 2
# Page times with the readers beside those without, in the same run.
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
    rows, grown = [], []
    _load(pages, page, world)
    with reading(files, path, people, PER_SECOND):  # the first of anything costs memory
        pass
    for _round in range(3 * rounds):
        alone = _load(pages, page, world)
        before = giver.memory_info().rss
        with reading(files, path, people, PER_SECOND):
            rows.append((alone, _load(pages, page, world)))
            grown.append((giver.memory_info().rss - before) / 2**20)
    return DownloadFigures(
        way,
        alone=(median(row.p50 for row, _ in rows), median(row.p95 for row, _ in rows)),
        beside=(median(row.p50 for _, row in rows), median(row.p95 for _, row in rows)),
        ratios=(
            median(beside.p50 / alone.p50 for alone, beside in rows),
            median(beside.p95 / alone.p95 for alone, beside in rows),
        ),
        grown_mib=max(grown),
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
