"""The weekly edition for thousands: planned, built for each reader, and handed to a local server.

`python -m benchmarks.edition` is one worker: it sends until nothing is due, and says what it cost.
"""

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from benchmarks.servers import free_port, module, running

WORKERS = 2
# Limits: wall milliseconds and queries for each member, MiB of a worker, and how much longer twice
# as many may take.
MS, QUERIES, MIB, GROWTH = 15.0, 0.5, 300.0, 2.2


@dataclass(frozen=True)
class EditionFigures:
    members: int
    sent: int
    skipped: int
    seconds: float
    plan_seconds: float
    plan_queries: int
    queries: int
    worker_mib: float

    @property
    def ms_each(self) -> float:
        return (self.seconds + self.plan_seconds) * 1000 / self.members

    @property
    def queries_each(self) -> float:
        return (self.queries + self.plan_queries) / self.members


def measure(cohorts: int) -> EditionFigures:
    """Everybody's edition of this week, by two workers. Raises RuntimeError for any not settled."""
    from django.db import connection
    from django.utils import timezone

    from benchmarks import edition_world
    from notifications import edition
    from notifications.models import Delivery

    edition_world.build(cohorts)
    counter = _Counter()
    begun = time.perf_counter()
    with connection.execute_wrapper(counter):
        planned = edition.plan(timezone.now())
    plan_seconds = time.perf_counter() - begun
    editions = Delivery.objects.filter(
        kind=edition.KIND, cohort__slug__startswith=edition_world.SLUG
    )
    if planned < editions.count() or planned < cohorts * edition_world.MEMBERS:
        raise RuntimeError(f"{planned} planned, {editions.count()} kept")
    port = free_port()
    with running(module("benchmarks.sink", str(port)), port):
        told = [json.loads(worker.communicate()[0]) for worker in _workers(port)]
    states = {
        state: editions.filter(state=state).count() for state in ("sent", "skipped", "pending")
    }
    if states["sent"] + states["skipped"] != editions.count():
        raise RuntimeError(f"not all are settled: {states}")
    return EditionFigures(
        members=editions.count(),
        sent=states["sent"],
        skipped=states["skipped"],
        seconds=max(one["ended"] for one in told) - min(one["begun"] for one in told),
        plan_seconds=plan_seconds,
        plan_queries=counter.count,
        queries=sum(one["queries"] for one in told),
        worker_mib=max(one["mib"] for one in told),
    )


def _workers(port: int) -> list[subprocess.Popen[bytes]]:
    return [
        subprocess.Popen(
            module("benchmarks.edition"),
            env={**os.environ, "EMAIL_URL": f"smtp://127.0.0.1:{port}"},
            stdout=subprocess.PIPE,
        )
        for _number in range(WORKERS)
    ]


class _Counter:
    count = 0

    def __call__(self, execute: Any, *arguments: Any) -> Any:
        self.count += 1
        return execute(*arguments)


def main() -> None:
    import django

    django.setup()
    from django.db import connection

    from notifications import sending, tasks
    from notifications.models import Delivery

    tasks.poke = lambda: None
    counter = _Counter()
    begun = time.time()
    with connection.execute_wrapper(counter):
        while Delivery.objects.due().exists():
            sending.send_due()
    kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures = {
        "begun": begun, "ended": time.time(), "queries": counter.count, "mib": kib / 1024,
    }  # fmt: skip
    sys.stdout.write(json.dumps(figures))


if __name__ == "__main__":
    main()
