"""A chat while Redis and PostgreSQL are killed: real servers of its own, and kill -9."""

import shutil
import subprocess
import uuid
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection
from redis import Redis

from cohort.services.people import remove_member
from launch import postgres, redis
from launch.supervisor import Supervisor
from sessions.models import ChatMessage
from tests.ports import free_port
from tests.sessions.room_server import Guest, RoomServer, cookie_of, until, wait_for_rest

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def serve():
    """Servers of one room that end with the test."""
    servers = []

    def serves(prefix=None, **urls):
        server = RoomServer(prefix or f"test-{uuid.uuid4().hex[:8]}", urls.get("redis_url"))
        server.environment |= {
            name.upper(): url for name, url in urls.items() if name != "redis_url"
        }
        servers.append(server)
        server.start()
        return server

    yield serves
    for server in servers:
        server.kill()
    wait_for_rest()


class OwnRedis:
    def __init__(self, folder):
        self.conf = redis.Redis(folder, free_port(), forgetful=True)
        self.conf.prepare()
        self.url = self.conf.url

    def start(self):
        argv = [redis.server(), str(self.conf.folder / "redis.conf")]
        self.process = subprocess.Popen(argv, stdout=subprocess.DEVNULL)
        until(lambda: self.conf.is_ready(self.process.pid))

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def own_redis(tmp_path):
    server = OwnRedis(tmp_path / "redis")
    server.start()
    yield server
    server.kill()


def test_redis_killed_amid_a_chat_loses_nothing_for_nobody(
    serve, own_redis, session, mia, theo, obi, fay
):
    """What was said without Redis comes when it is back, though nobody says anything after it."""
    prefix = f"test-{uuid.uuid4().hex[:8]}"
    one, other = (serve(prefix, redis_url=own_redis.url) for _n in range(2))
    mias, theos, obis = (
        Guest(one, session, mia),
        Guest(other, session, theo),
        Guest(one, session, obi),
    )
    mias.say("before")
    assert theos.hear_until(1) == [(1, "before")]

    own_redis.kill()
    assert mias.wait_for("ack", 3, client_id=mias.say("without Redis"))["seq"] == 2
    assert theos.hear_until(2, patience=6) == [(1, "before"), (2, "without Redis")]
    mias.say("just before it is back")
    own_redis.start()
    assert theos.hear_until(3, patience=6)[2:] == [(3, "just before it is back")]

    own_redis.kill()
    remove_member(member=obi, by=fay)
    assert obis.wait_for_end(patience=15) == 4403
    own_redis.start()
    theos.say("after")
    assert mias.hear_until(4) == theos.hear_until(4)
    assert ChatMessage.objects.count() == 4


def test_redis_emptied_amid_a_chat_loses_nothing(serve, own_redis, session, mia, theo):
    prefix = f"test-{uuid.uuid4().hex[:8]}"
    one, other = (serve(prefix, redis_url=own_redis.url) for _n in range(2))
    mias, theos = Guest(one, session, mia), Guest(other, session, theo)
    with Redis.from_url(own_redis.url) as emptied:
        for number in range(1, 6):
            emptied.flushall()
            speaker, listener = (mias, theos) if number % 2 else (theos, mias)
            speaker.say(f"no {number}")
            emptied.flushall()
            listener.hear_until(number)

    lines = [(number, f"no {number}") for number in range(1, 6)]
    assert mias.hear_until(5) == theos.hear_until(5) == lines


@contextmanager
def copy_of_the_database(folder):
    """A PostgreSQL of its own with all that the test has made; gives its supervisor and address."""
    (folder / "run").mkdir(parents=True)
    (folder / "log").mkdir()
    supervisor = Supervisor(folder / "run", folder / "log")
    cluster = postgres.Postgres(folder / "data", folder / "password", free_port())
    cluster.prepare()
    try:
        supervisor.wait_until_ready(supervisor.start(cluster.program(), quiet=True))
        cluster.create_database()
        _copy(cluster.url)
        yield supervisor, cluster
    finally:
        supervisor.stop()


def _copy(url):
    here = connection.settings_dict
    source = (
        f"postgres://{here['USER']}:{here['PASSWORD']}@{here['HOST']}:{here['PORT']}/{here['NAME']}"
    )
    dump, restore = (str(postgres.programs() / name) for name in ("pg_dump", "pg_restore"))
    made = subprocess.run([dump, "-Fc", "-d", source], check=True, capture_output=True).stdout
    subprocess.run([restore, "--no-owner", "-d", url], check=True, input=made)


def test_postgresql_killed_amid_a_chat_loses_and_doubles_nothing(
    serve, tmp_path, session, mia, theo
):
    """What was not taken is told as such, and taken once when it is sent again."""
    folder = tmp_path / "own"
    cookies = {person: cookie_of(person) for person in (mia, theo)}
    with copy_of_the_database(folder) as (supervisor, cluster):
        server = serve(database_url=cluster.url)
        mias, theos = (
            Guest(server, session, person, cookie=cookie) for person, cookie in cookies.items()
        )
        mias.wait_for("ack", client_id=mias.say("before"))

        child = supervisor.children["postgres"]
        child.process.kill()
        child.process.wait()
        waiting = mias.say("amid")
        assert mias.wait_for("error", 15, client_id=waiting)["code"] == "unavailable"
        supervisor.wait_until_ready(supervisor.start(cluster.program(), quiet=True))
        until(lambda: _taken(mias, waiting), patience=30)
        assert theos.hear_until(2) == mias.hear_until(2) == [(1, "before"), (2, "amid")]
        mias.say("amid", waiting)
        theos.say("after")

        assert mias.hear_until(3)[2:] == theos.hear_until(3)[2:] == [(3, "after")]
        with psycopg.connect(cluster.url) as own:
            lines = own.execute("select seq, body from learning_sessions_chatmessage order by seq")
            assert lines.fetchall() == [(1, "before"), (2, "amid"), (3, "after")]
    shutil.rmtree(folder)


def _taken(guest, client_id):
    """Send it again, as a browser does, until it is acknowledged."""
    guest.say("amid", client_id)
    while (frame := guest._next(15))["type"] not in ("ack", "error"):
        pass
    return frame["type"] == "ack"
