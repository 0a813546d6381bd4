"""The trials: mail is put into the outbox while something around it goes wrong."""

import itertools
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from django.conf import settings
from redis import Redis

from benchmarks.faults import clock, disk
from benchmarks.faults.apps import GROUP, ONCE, REPEAT
from benchmarks.faults.crew import Crew
from benchmarks.faults.kills import kill_postgres, kill_redis, wait_until
from benchmarks.faults.ledger import HEADING, Line, count
from benchmarks.faults.rooms import Rooms
from benchmarks.faults.sink import REFUSED, Sink
from cohort.models import Cohort, Membership, User
from notifications import heartbeats, outbox
from notifications.models import Delivery
from notifications.persistence import persistently

PEOPLE = 60
REFUSING = 6
PATIENCE = 120.0  # seconds until everything must be settled
START_PATIENCE = 180.0  # seconds until beats and workers show life; machines are slow at times
FULL_SECONDS = 6  # of a disk: far less than a lease
SOME, ROOMS = "--some", "--rooms"
PROCESSES = 2  # of a worker: a kill can meet each in the uncertain moment


class Trials:
    def __init__(self, sink: Sink, crew: Crew, people: list[Membership]) -> None:
        self.sink, self.crew, self.people = sink, crew, people
        self.redis = Redis.from_url(settings.REDIS_URL)
        self.numbers = itertools.count()

    def run_all(self) -> list[Line]:
        return [
            self.run("two beats, two workers", lambda: time.sleep(1)),
            self.run("workers killed at any moment", self.kill_workers, excuse="kills"),
            self.run("processes of their pools killed", self.kill_children, excuse="kills"),
            self.run("beats killed", self.crew.kill_beats),
            self.run("Redis flushed", self.flush_redis),
            self.run("Redis killed, and started again", self.kill_redis),
            self.run("PostgreSQL killed, and started again", self.kill_postgres),
            self.run("mail server says 451 for a while", self.be_busy),
            self.run("mail server away", self.be_away),
            self.run("mail server hangs after the data", self.hang, excuse="hangs"),
            self.run("connection dropped after the data", self.drop),
            *self.with_a_full_disk(),
        ]

    def with_a_full_disk(self) -> list[Line]:
        name = "disk of the outbox full for a while"
        if disk.can_mount():
            return [self.run(name, self.fill_disk)]
        print(f"{name:36}  not tried: to mount a small one takes root", flush=True)
        return []

    def run_some(self) -> list[Line]:
        """A short selection for the tests, which share PostgreSQL and Redis with others."""
        return [
            self.run("a worker killed at any moment", self.kill_one_worker, excuse="kills"),
            self.run("connection dropped after the data", self.drop),
        ]

    def run(self, name: str, mischief: Callable[[], None], excuse: str = "") -> Line:
        start = time.monotonic()
        kills, hangs = self.crew.kills, self.sink.hangs
        since_pk = _last_pk() + 1
        self._want_mail(f"{name}:1")
        mischief()
        self._want_mail(f"{name}:2")
        self.sink.mode = "ok"
        wait_until(lambda: not Delivery.objects.unsettled().exists(), PATIENCE)
        excusable = {
            "kills": PROCESSES * (self.crew.kills - kills),
            "hangs": self.sink.hangs - hangs,
        }.get(excuse, 0)
        line = count(name, since_pk, self.sink, excusable)
        line.seconds = time.monotonic() - start
        print(line, flush=True)
        return line

    @persistently
    def _want_mail(self, key: str) -> None:
        """Asked for like any mail, in a transaction of its own; again until it is committed."""
        for kind in (ONCE, GROUP, REPEAT):
            for _asked_twice_wanted_once in range(2):
                outbox.enqueue(kind, self.people, dedupe_key=f"{key}:{kind}")

    def kill_workers(self) -> None:
        for _kill in range(4):
            self.kill_one_worker()

    def kill_one_worker(self) -> None:
        self._amid_sending(self.crew.kill_a_worker)

    def kill_children(self) -> None:
        for _kill in range(4):
            self._amid_sending(self.crew.kill_a_child)

    def kill_redis(self) -> None:
        self._amid_sending(lambda: kill_redis(self.redis))

    def kill_postgres(self) -> None:
        for _time in range(2):
            self._amid_sending(kill_postgres)

    def _amid_sending(self, mischief: Callable[[], None]) -> None:
        """At a random moment of sending; a new worker needs seconds to start."""
        self._until_sending()
        mischief()
        self._want_mail(f"amid:{next(self.numbers)}")

    def _until_sending(self) -> None:
        self.sink.mode = "slow"
        wait_until(lambda seen=self.sink.total: self.sink.total > seen, 20)
        time.sleep(random.uniform(0, 1))

    def flush_redis(self) -> None:
        self.sink.mode = "slow"
        for flush in range(4):
            self._want_mail(f"flush:{flush}")
            self.redis.flushdb()
            time.sleep(0.5)

    def be_busy(self) -> None:
        self.sink.mode = "451"
        time.sleep(4)

    def be_away(self) -> None:
        self.sink.close()
        self._want_mail("away")
        time.sleep(5)
        self.sink.open()

    def hang(self) -> None:
        self.sink.mode = "hang"
        self._want_mail("hang")
        time.sleep(6)

    def drop(self) -> None:
        self.sink.mode = "drop"
        self._want_mail("drop")
        time.sleep(8)

    def fill_disk(self) -> None:
        """What is asked for meanwhile is asked until it is kept; what was asked for waits."""
        with disk.outbox_on_small_disk() as small:
            self._want_mail("disk:before")
            self._until_sending()
            small.fill()
            asking = Thread(target=self._want_mail, args=("disk:meanwhile",))
            asking.start()
            time.sleep(FULL_SECONDS)
            was_full = asking.is_alive()
            small.free()
            asking.join()
        if not was_full:
            raise RuntimeError("writes went on while the disk was to be full")


def _last_pk() -> int:
    return Delivery.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _make_people() -> list[Membership]:
    if Cohort.objects.exists():
        sys.exit("The faults want an empty database: they would send what is due in this one.")
    cohort = Cohort.objects.create(
        slug="faults", name="Faults", starts_on="2026-09-01", ends_on="2027-08-31"
    )
    users = User.objects.bulk_create(
        User(email=f"{REFUSED if n < REFUSING else 'p'}{n}@example.org", name=f"P {n}")
        for n in range(PEOPLE)
    )
    return Membership.objects.bulk_create(
        Membership(cohort=cohort, user=user, norms_agreed_version=1) for user in users
    )


def run_all(part: str = "") -> int:
    """Run every trial, `--some` of mail or those of `--rooms`; 1 if any is lost or doubled."""
    people = _make_people()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        print(HEADING, flush=True)
        ledger = [] if part == ROOMS else _run_mail(people, log, only_some=part == SOME)
        ledger += [] if part == SOME else Rooms(people, log).run_all()
        if not all(line.is_good for line in ledger):
            print(log.read_text(errors="replace")[-4000:])
    lost, doubled = sum(line.lost for line in ledger), sum(line.forbidden for line in ledger)
    print(f"\n{lost} lost, {doubled} doubled that must not be.")
    return 1 if lost or doubled else 0


def _run_mail(people: list[Membership], log: Path, *, only_some: bool) -> list[Line]:
    sink = Sink()
    sink.open()
    crew = Crew(log.parent, sink.port)
    try:
        wait_until(lambda: len(heartbeats.latest()) == 2, START_PATIENCE)
        trials = Trials(sink, crew, people)
        ledger = trials.run_some() if only_some else trials.run_all()
        crew.stop()
        return ledger if only_some else [*ledger, *clock.run_all(sink, people)]
    finally:
        crew.stop()
        sink.close()
