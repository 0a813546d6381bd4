"""Clocks and loads: CPU of process trees, requests at a concurrency, medians."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import psutil


def cpu_seconds(processes: Iterable[psutil.Process]) -> float:
    """User and system seconds of processes and of all their children, dead ones included."""
    total = 0.0
    for process in processes:
        for each in [process, *process.children(recursive=True)]:
            try:
                times = each.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system + times.children_user + times.children_system
    return total


def memory_mib(process: psutil.Process) -> list[float]:
    """Each process' proportional share of memory (PSS), the parent first."""
    return [
        each.memory_full_info().pss / 2**20 for each in [process, *process.children(recursive=True)]
    ]


@dataclass(frozen=True)
class Load:
    """What one burst of requests took. Latencies in milliseconds."""

    requests: int
    seconds: float
    cpu_ms: float  # per request: application and PostgreSQL
    p50: float
    p95: float
    p99: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def burst(
    port: int, path: str, cookie: str, *, count: int, at_once: int, watched: list[psutil.Process]
) -> Load:
    """Ask for one page `count` times over `at_once` kept-alive connections.

    Raises RuntimeError for any answer but 200: a redirect would be measured as a fast page.
    """
    latencies: list[float] = []
    errors: list[str] = []
    tickets = iter(range(count))
    lock = threading.Lock()

    def reader() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                if next(tickets, None) is None:
                    return
            begun = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": cookie})
            response = connection.getresponse()
            response.read()
            latencies.append((time.perf_counter() - begun) * 1000)
            if response.status != 200:
                errors.append(f"{path}: {response.status} {response.getheader('location')}")
                return

    before = cpu_seconds(watched)
    begun = time.perf_counter()
    threads = [threading.Thread(target=reader) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    if errors:
        raise RuntimeError(errors[0])
    spent = cpu_seconds(watched) - before
    return Load(
        requests=len(latencies),
        seconds=seconds,
        cpu_ms=spent * 1000 / len(latencies),
        p50=quantile(latencies, 0.5),
        p95=quantile(latencies, 0.95),
        p99=quantile(latencies, 0.99),
    )


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def wait_until(ready: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Wait for something to be ready; raises TimeoutError naming it."""
    ends = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > ends:
            raise TimeoutError(f"{what} did not come up")
        time.sleep(0.1)
