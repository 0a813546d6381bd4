"""A gigabyte of the library as a ZIP, and a file of 25 MB coming in: what each takes of memory."""

import http.client
import os
import re
import secrets
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil

from benchmarks.servers import free_port, page_server, socket_server
from benchmarks.world import World

MIB = 2**20
FILES, FILE_SIZE = 41, 25 * 1000 * 1000  # a little more than a gigabyte
STARTS_WITHIN, ZIP_MIB = 1.0, 50.0
UPLOAD_SIZE, UPLOAD_MIB = 25 * 1000 * 1000, 20.0


@dataclass(frozen=True)
class ZipFigures:
    megabytes: float
    begun: float  # seconds until the first byte
    seconds: float
    grown_mib: float


@dataclass(frozen=True)
class UploadFigures:
    kind: str
    status: int
    seconds: float
    grown_mib: float


class Peak:
    """The most resident memory of a process over what it had, while the block runs."""

    def __init__(self, process: psutil.Process) -> None:
        self.process = process
        self.rss = 0.0
        self._done = threading.Event()

    def __enter__(self) -> "Peak":
        self._before = self._now()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._thread.join()

    def _now(self) -> float:
        return float(self.process.memory_info().rss) / MIB

    def _watch(self) -> None:
        while not self._done.wait(0.005):
            with suppress(psutil.Error):
                self.rss = max(self.rss, self._now() - self._before)


def measure_zip(world: World) -> ZipFigures:
    """All of a gigabyte, by somebody with a fast line."""
    with _gigabyte(world) as keys:
        port = free_port()
        with socket_server(port) as server:
            path = f"/c/{world.slug}/library/zip/?" + "&".join(f"r={key}" for key in keys)
            _taken(port, f"/c/{world.slug}/library/zip/?r={keys[0]}", world.reader)  # warm
            with Peak(server) as peak:
                begun, seconds, size = _taken(port, path, world.reader)
    return ZipFigures(size / 1e6, begun, seconds, peak.rss)


def _taken(port: int, path: str, cookie: str) -> tuple[float, float, int]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    start = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    size = len(answer.read(1))
    begun = time.perf_counter() - start
    while piece := answer.read(256 * 1024):
        size += len(piece)
    return begun, time.perf_counter() - start, size


@contextmanager
def _gigabyte(world: World) -> Iterator[list[int]]:
    """Files that do not compress, and their resources, for as long as the block runs."""
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage
    from django.db import transaction

    from cohort.models import Membership
    from resources.models import FileVersion, Resource

    adder = Membership.objects.filter(cohort__slug=world.slug).order_by("pk")[4]
    made: list[Resource] = []
    try:
        for number in range(FILES):
            with transaction.atomic():
                resource = Resource.objects.create(
                    cohort=adder.cohort, added_by=adder, title=f"Measured file {number}",
                    kind=Resource.Kind.SLIDES,
                )  # fmt: skip
                path = f"fileversion/zz/{secrets.token_hex(20)}"
                default_storage.save(path, ContentFile(os.urandom(FILE_SIZE)))
                resource.current_version = FileVersion.objects.create(
                    resource=resource, file=path, name="slides.pdf", content_type="application/pdf",
                    size=FILE_SIZE, sha256="0" * 64, added_by=adder,
                )  # fmt: skip
                resource.save(update_fields=["current_version"])
            made.append(resource)
        yield [resource.pk for resource in made]
    finally:
        for resource in made:
            default_storage.delete(resource.current_version.file.name)
            resource.delete()


def measure_uploads(world: World) -> list[UploadFigures]:
    """One worker takes the same file twice: what it loads once for all is not counted."""
    port = free_port()
    kinds = {"text": b"A line of a long text.\n", "PDF": b"%PDF-1.4\n" + os.urandom(4096)}
    with page_server(
        "config.wsgi:application", port, "--config", "python:deploy.pages", "--workers", "1"
    ) as server:
        figures = []
        for kind, piece in kinds.items():
            data = (piece * (UPLOAD_SIZE // len(piece) + 1))[:UPLOAD_SIZE]
            _sent(world, port, kind, data[:3_000_000])
            (worker,) = server.children()
            with Peak(worker) as peak:
                begun = time.perf_counter()
                status = _sent(world, port, kind, data)
            seconds = time.perf_counter() - begun
            figures.append(UploadFigures(kind, status, seconds, peak.rss))
    return figures


def _sent(world: World, port: int, kind: str, data: bytes) -> int:
    """The status of the form that brings the file; 302 is a file that was kept."""
    path = f"/c/{world.slug}/library/new/"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", path, headers={"Cookie": world.reader})
    form = connection.getresponse()
    page = form.read().decode()
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]
    theme = re.findall(r'name="themes" value="(\d+)"', page)[0]
    cookie = (form.getheader("Set-Cookie") or "").partition(";")[0]
    fields = {
        "csrfmiddlewaretoken": token, "title": f"Measured {kind}", "kind": "article",
        "themes": theme, "audience": "cohort", "form_key": str(uuid.uuid4()), "maker": "self",
    }  # fmt: skip
    name = f"measured.{'txt' if kind == 'text' else 'pdf'}"
    boundary = uuid.uuid4().hex
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, value in fields.items()
    )
    head += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = head.encode() + data + f"\r\n--{boundary}--\r\n".encode()
    headers = {
        "Cookie": f"{world.reader}; {cookie}",
        "Content-Type": f"multipart/form-data; boundary={boundary}",
    }
    connection.request("POST", path, body=body, headers=headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status
