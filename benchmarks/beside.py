"""The reference page beside ours, in the same run: what a small page costs on this machine now."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import psutil

from benchmarks.measure import Load, burst
from benchmarks.servers import free_port, module, page_server

# What the reference took a single reader where limits in milliseconds were set. A limit holds as
# the same multiple of it elsewhere, since machines differ by more than pages do.
SET_BESIDE_MS = 3.5


def multiple_of(milliseconds: float) -> float:
    """A limit in milliseconds as a multiple of the reference page, asked for alone."""
    return milliseconds / SET_BESIDE_MS


@dataclass(frozen=True)
class Reference:
    """A running server with the reference page."""

    port: int
    cookie: str
    watched: list[psutil.Process]

    def burst(self, count: int, at_once: int) -> Load:
        return burst(
            self.port, "/", self.cookie, count=count, at_once=at_once, watched=self.watched
        )


@contextmanager
def reference_page(database: psutil.Process) -> Iterator[Reference]:
    url = _database()
    port = free_port()
    with page_server(
        "benchmarks.reference:application", port, REFERENCE_DATABASE_URL=url
    ) as server:
        reference = Reference(port, _cookie(url), [server, database])
        reference.burst(20, 4)  # comes warm
        yield reference


def _database() -> str:
    """A database of its own beside ours, so that the reference's tables are not in the product."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'cohort_reference'")
        if cursor.fetchone() is None:
            cursor.execute("CREATE DATABASE cohort_reference")
    parts = urlsplit(os.environ["DATABASE_URL"])
    return parts._replace(path="/cohort_reference").geturl()


def _cookie(url: str) -> str:
    done = subprocess.run(
        module("benchmarks.reference", "prepare"),
        env={**os.environ, "REFERENCE_DATABASE_URL": url},
        check=True,
        capture_output=True,
        text=True,
    )
    return f"sessionid={done.stdout.split()[-1]}"
