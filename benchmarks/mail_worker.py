"""One worker of the outbox: it sends until nothing is due, and says what that cost.

As JSON: when it, warm, began and ended (seconds since the epoch), its queries, CPU seconds, and the
most memory it used (MiB).
"""

import json
import os
import resource
import subprocess
import sys
import time
from typing import Any

from benchmarks.servers import module

WORKERS = 2


class Counter:
    """Counts queries, as `connection.execute_wrapper`."""

    count = 0

    def __call__(self, execute: Any, *arguments: Any) -> Any:
        self.count += 1
        return execute(*arguments)


def run_some(port: int, **environment: str) -> list[dict[str, float]]:
    """What `WORKERS` at once tell, which send to a server at a port of this machine."""
    workers = [
        subprocess.Popen(
            module("benchmarks.mail_worker"),
            env={**os.environ, **environment, "EMAIL_URL": f"smtp://127.0.0.1:{port}"},
            stdout=subprocess.PIPE,
        )
        for _number in range(WORKERS)
    ]
    return [json.loads(worker.communicate()[0]) for worker in workers]


def seconds_of(told: list[dict[str, float]]) -> float:
    """From when the first worker began to when the last one had sent everything."""
    return max(one["ended"] for one in told) - min(one["begun"] for one in told)


def main() -> None:
    import django

    django.setup()
    from django.db import connection
    from django.urls import get_resolver

    from notifications import sending, tasks
    from notifications.models import Delivery

    tasks.poke = lambda: None
    get_resolver().reverse_dict  # noqa: B018 - addresses are read with the first mail of a process
    counter = Counter()
    begun, used = time.time(), time.process_time()
    with connection.execute_wrapper(counter):
        while Delivery.objects.due().exists():
            sending.send_due()
    told = {
        "begun": begun,
        "ended": time.time(),
        "queries": counter.count,
        "cpu": time.process_time() - used,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
