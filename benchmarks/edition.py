"""The weekly edition for thousands: planned, built for each reader, handed to a local server."""

import time
from dataclasses import dataclass

from benchmarks import mail_worker
from benchmarks.servers import free_port, module, running

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
    counter = mail_worker.Counter()
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
        told = mail_worker.run_some(port)
    states = {
        state: editions.filter(state=state).count() for state in ("sent", "skipped", "pending")
    }
    if states["sent"] + states["skipped"] != editions.count():
        raise RuntimeError(f"not all are settled: {states}")
    return EditionFigures(
        members=editions.count(),
        sent=states["sent"],
        skipped=states["skipped"],
        seconds=mail_worker.seconds_of(told),
        plan_seconds=plan_seconds,
        plan_queries=counter.count,
        queries=int(sum(one["queries"] for one in told)),
        worker_mib=max(one["mib"] for one in told),
    )
