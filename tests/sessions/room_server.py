"""A real server for live rooms, on the test database and the real Redis, and people at it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.ports import free_port

# Seconds. A beat comes every 20: what is heard within this was told.
PATIENCE = 15
# What rooms do within two seconds when the machine does nothing else: beside other tests.
PROMPT = 5


class RoomServer:
    """uvicorn in a process of its own, which may be killed and started again at its port."""

    def __init__(self, prefix: str, redis_url: str | None = None) -> None:
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        database = connection.settings_dict
        password = quote(database["PASSWORD"], safe="")
        host, port = database["HOST"] or "127.0.0.1", database["PORT"] or 5432
        self.environment = {
            **os.environ,
            "DATABASE_URL": (
                f"postgres://{database['USER']}:{password}@{host}:{port}/{database['NAME']}"
                "?application_name=rooms"
            ),
            "DATABASE_POOL": "6",
            "CHANNELS_PREFIX": prefix,
            "REDIS_URL": redis_url or settings.REDIS_URL,
            "CACHE_URL": redis_url or settings.CACHES["default"]["LOCATION"],
            "DEBUG": "0",
            "SECRET_KEY": settings.SECRET_KEY,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "uvicorn", "config.asgi:application"),
                *("--port", str(self.port), "--lifespan", "off", "--log-level", "warning"),
            ],
            env=self.environment,
            cwd=settings.BASE_DIR,
        )
        until(self._answers, patience=150)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def address(self, session, cohort_slug=None) -> str:
        slug = cohort_slug or session.cohort.slug
        return f"ws://127.0.0.1:{self.port}/ws/c/{slug}/sessions/{session.pk}/"


class Guest:
    """Somebody's browser in a room: what it has heard, in order."""

    def __init__(self, server, session, person, *, after=None, origin=None, cookie=None, **options):
        self.cookie = cookie if cookie is not None else cookie_of(person)
        self._open = contextlib.ExitStack()
        self.socket = self._open.enter_context(
            connect(
                server.address(session, **options),
                origin=server.origin if origin is None else origin,
                additional_headers={"Cookie": self.cookie} if self.cookie else {},
                open_timeout=PATIENCE,
                max_size=2**22,
            )
        )
        self.heard = []
        self.code = None
        self.hello = self.wait_for("hello")
        self.send("resume", after_seq=self.hello["head_seq"] if after is None else after)

    def send(self, kind, **fields):
        self.socket.send(json.dumps({"type": kind, **fields}))

    def say(self, text, client_id=None):
        client_id = str(client_id or uuid.uuid4())
        self.send("msg", client_id=client_id, text=text)
        return client_id

    def wait_for(self, kind, patience=PATIENCE, **fields):
        """The next frame of a kind with these fields; what comes before it is remembered."""
        end = time.monotonic() + patience
        while True:
            frame = self._next(end - time.monotonic())
            if frame["type"] == kind and fields.items() <= frame.items():
                return frame

    def _next(self, patience):
        try:
            frame = json.loads(self.socket.recv(timeout=max(0.01, patience)))
        except ConnectionClosed as closed:
            self.code = closed.rcvd.code if closed.rcvd else None
            raise
        self.heard.append(frame)
        return frame

    def hear_until(self, seq, patience=PATIENCE):
        """Every line up to a place, as (seq, text)."""
        if not any(frame.get("seq") == seq for frame in self.lines):
            self.wait_for("msg", patience, seq=seq)
        return [(frame["seq"], frame["text"]) for frame in self.lines]

    @property
    def lines(self):
        return [frame for frame in self.heard if frame["type"] == "msg"]

    def wait_for_end(self, patience=PATIENCE):
        """The code with which the server closes."""
        end = time.monotonic() + patience
        with contextlib.suppress(ConnectionClosed):
            while time.monotonic() < end:
                self._next(end - time.monotonic())
        return self.code

    def leave(self):
        self._open.close()


def cookie_of(person):
    client = Client()
    client.force_login(getattr(person, "user", person))
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def until(condition, patience=PATIENCE):
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def wait_for_rest():
    """Until servers have written down who left, and what: emptying the tables meanwhile would
    meet that in a deadlock.
    """
    quiet = 0
    end = time.monotonic() + 60
    while quiet < 3:
        assert time.monotonic() < end, "the servers found no rest"
        time.sleep(0.1)
        quiet = 0 if _servers_at_work() else quiet + 1


def _servers_at_work():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = 'rooms' AND state <> 'idle'"
        )
        return cursor.fetchone()[0]
