"""The production-like servers that are measured, each a process tree that ends with the run."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from benchmarks.measure import wait_until

WORKERS = os.cpu_count() or 2
LOG = Path(os.environ.get("BENCH_LOG", "/dev/null"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@contextmanager
def running(command: list[str], port: int | None = None, **extra: str) -> Iterator[psutil.Process]:
    """A server for as long as the block runs. `extra` goes into its environment."""
    with LOG.open("ab") as log:
        process = subprocess.Popen(command, env={**os.environ, **extra}, stdout=log, stderr=log)
    try:
        if port is not None:
            wait_until(lambda: listens(port) or process.poll() is not None, command[2], seconds=180)
            if process.poll() is not None:
                raise RuntimeError(f"{' '.join(command)} ended at once; see BENCH_LOG")
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
        process.kill()


def module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]


@contextmanager
def page_server(
    application: str, port: int, *arguments: str, **extra: str
) -> Iterator[psutil.Process]:
    command = module(
        "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS),
        "--log-level", "warning", *arguments,
    )  # fmt: skip
    with running(command, port, **extra) as process:
        yield process


@contextmanager
def socket_server(port: int, **extra: str) -> Iterator[psutil.Process]:
    command = module(
        "uvicorn", "config.asgi:application", "--host", "127.0.0.1", "--port", str(port),
        "--log-level", "warning", "--no-access-log",
        "--ws-per-message-deflate", "false", "--lifespan", "off",
    )  # fmt: skip
    with running(command, port, **extra) as process:
        yield process
