"""The trials of a live room: people chat over two processes while something around them dies."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from redis import Redis, RedisError

from benchmarks.faults.guests import FORBIDDEN, Guest, Party
from benchmarks.faults.kills import kill_postgres, kill_redis, redis_pid, wait_until
from benchmarks.faults.ledger import Line
from benchmarks.servers import free_port, listens
from benchmarks.world import cookies
from cohort.models import Membership
from cohort.services.people import remove_member
from notifications.persistence import persistently
from sessions.models import ChatMessage, LearningSession
from sessions.services.planning import plan_session

GUESTS = 12
PAUSE = 1.2  # seconds between two lines of one guest: ten a second in all
HEALED = 10.0  # seconds in which everybody has everything, from the end of the trouble on
TOLD = 2.0  # seconds in which whoever lost access is out, where Redis tells of it
CUT_OFF = 25.0  # seconds: the next heartbeat, and some
START_PATIENCE = 180.0


class Rooms:
    """Two processes with one room in it, and as many guests in each."""

    def __init__(self, people: Sequence[Membership], log: Path) -> None:
        self.log = log
        self.session = _session(people[0])
        self.redis = Redis.from_url(settings.REDIS_URL)
        self.ports = [free_port(), free_port()]
        self.people = list(people[:GUESTS])
        keys = cookies([member.user_id for member in self.people])
        path = f"/ws/c/{self.session.cohort.slug}/sessions/{self.session.pk}/"
        self.party = Party(
            [Guest(self.ports[n % 2], path, key) for n, key in enumerate(keys)], PAUSE
        )
        self.servers = [self._server(port) for port in self.ports]

    def run_all(self) -> list[Line]:
        wait_until(lambda: all(map(listens, self.ports)), START_PATIENCE)
        self.party.begin()
        wait_until(lambda: all(guest.is_in for guest in self.party.guests), 60)
        try:
            return [
                self.run("a member removed amid a chat", lambda: self.remove(-2, TOLD)),
                self.run("a room's server killed, and started", self.kill_server),
                self.run("Redis killed amid a chat", lambda: kill_redis(self.redis)),
                self.run("PostgreSQL killed amid a chat", kill_postgres),
                self.run("all three killed amid a chat", self.kill_everything),
                self.run("a member removed without Redis", self.remove_without_redis),
            ]
        finally:
            self.stop()

    def run(self, name: str, mischief: Callable[[], None]) -> Line:
        """Talk before it and amid it; then everybody must have all of it, in one order.

        The line's seconds are those from the end of the trouble until everybody had everything.
        """
        self.party.is_talking = True
        time.sleep(2)
        mischief()
        time.sleep(0.5)  # what is said last is said amid the trouble: nothing later shows a gap
        self.party.hush()
        wait_until(self.is_back, 30)
        back = time.monotonic()
        wait_until(self.is_settled, HEALED)
        healed = time.monotonic()
        line = self.count(name)
        line.seconds = healed - back
        print(line, flush=True)
        return line

    def is_back(self) -> bool:
        self._stored()
        with suppress(RedisError):
            return bool(self.redis.ping())
        return False

    def is_settled(self) -> bool:
        head = self._stored()[-1:]
        return all(guest.heard[-1:] == head and not guest.unsent for guest in self.staying)

    def count(self, name: str) -> Line:
        """`lost`: acknowledged or said and not stored, or not heard by somebody who stayed."""
        stored = self._stored()
        order, times = [client_id for _seq, client_id in stored], Counter(self._ids())
        line = Line(name, wanted=0)
        for guest in self.staying:
            said = {*guest.acked, *guest.unsent}
            line.wanted += len(said)
            line.accepted += sum(times[client_id] > 0 for client_id in said)
            heard = Counter(client_id for _seq, client_id in guest.heard)
            line.lost += sum(heard[client_id] == 0 for client_id in order) + len(guest.unsent)
            line.forbidden += sum(count - 1 for count in heard.values())
            line.forbidden += guest.heard != sorted(guest.heard)
            line.forbidden += any(
                stored[seq - 1] != (seq, client_id) for client_id, seq in guest.acked.items()
            )
        line.lost += line.wanted - line.accepted
        line.forbidden += sum(count - 1 for count in times.values())
        return line

    @property
    def staying(self) -> list[Guest]:
        return [guest for guest in self.party.guests if guest.code != FORBIDDEN]

    @persistently
    def _stored(self) -> list[tuple[int, str]]:
        lines = ChatMessage.objects.filter(room=self.session.pk).order_by("seq")
        return [(seq, str(client_id)) for seq, client_id in lines.values_list("seq", "client_id")]

    def _ids(self) -> list[str]:
        return [client_id for _seq, client_id in self._stored()]

    # ------------------------------------------------------------ what goes wrong

    def kill_server(self) -> None:
        self.servers[0].send_signal(signal.SIGKILL)
        self.servers[0].wait()
        time.sleep(1)
        self.servers[0] = self._server(self.ports[0])
        wait_until(lambda: listens(self.ports[0]), START_PATIENCE)

    def kill_everything(self) -> None:
        kill_redis(self.redis)
        kill_postgres()
        self.kill_server()

    def remove_without_redis(self) -> None:
        """Redis stands still, so nobody is told; the room asks the database on its own."""
        pid = redis_pid(self.redis)
        os.kill(pid, signal.SIGSTOP)
        try:
            self.remove(-1, CUT_OFF)
        finally:
            os.kill(pid, signal.SIGCONT)

    def remove(self, which: int, seconds: float) -> None:
        remove_member(member=self.people[which], by=self.people[0])
        guest = self.party.guests[which]
        wait_until(lambda: guest.code == FORBIDDEN, seconds)
        if guest.code != FORBIDDEN:
            raise RuntimeError(f"a removed member is still in the room after {seconds} s")

    # ------------------------------------------------------------ servers

    def _server(self, port: int) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [
                    *(sys.executable, "-m", "uvicorn", "config.asgi:application"),
                    *("--port", str(port), "--lifespan", "off", "--log-level", "warning"),
                ],
                env={
                    **os.environ,
                    "BASE_URL": f"http://127.0.0.1:{port}",
                    "PYTHONWARNINGS": "ignore",
                },
                stdout=log,
                stderr=log,
            )

    def stop(self) -> None:
        self.party.end()
        for server in self.servers:
            server.kill()
            server.wait()


def _session(host: Membership) -> LearningSession:
    begin = (timezone.now() - timedelta(minutes=5)).replace(second=0, microsecond=0)
    return plan_session(
        cohort=host.cohort,
        title="A session amid trouble",
        local_date=begin.date(),
        local_time=begin.time(),
        time_zone="UTC",
        minutes=120,
        tell=False,
    )
