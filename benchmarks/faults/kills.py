"""kill -9 PostgreSQL or Redis. Whoever runs this harness (`launch`) starts them again."""

import os
import signal
import time
from collections.abc import Callable

from redis import Redis

from benchmarks.world import postmaster
from notifications.persistence import persistently


def kill_postgres() -> None:
    os.kill(persistently(postmaster)().pid, signal.SIGKILL)


def kill_redis(redis: "Redis[bytes]") -> None:
    os.kill(redis_pid(redis), signal.SIGKILL)


def redis_pid(redis: "Redis[bytes]") -> int:
    return int(redis.info("server")["process_id"])


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    """Ask until it holds, also while the database is away; after so long go on all the same."""
    end = time.monotonic() + seconds
    holds = persistently(condition)
    while time.monotonic() < end and not holds():
        time.sleep(0.1)
