"""The embedded PostgreSQL for real: it starts as whoever runs the tests, and loses nothing."""

import os
import signal

import psycopg
import pytest

from launch import processes
from launch.console import Trouble
from launch.postgres import Postgres, state
from tests.ports import free_port

pytestmark = pytest.mark.services


@pytest.fixture
def cluster(tmp_path) -> Postgres:
    return Postgres(tmp_path / "postgres", tmp_path / "password", free_port())


@pytest.fixture
def running(cluster, supervisor):
    assert cluster.prepare()
    supervisor.wait_until_ready(supervisor.start(cluster.program()))
    cluster.create_database()
    return cluster


def test_the_database_knows_letters_beyond_ascii_and_asks_for_its_password(running):
    with psycopg.connect(running.url) as connection:
        told = connection.execute("select lower('ÅÉÑ'), to_tsvector('simple', 'Über Ñandú')::text")
        assert told.fetchone() == ("åéñ", "'ñandú':2 'über':1")

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(running.url.replace(running.password(), "guessed"))


def test_only_its_owner_can_read_the_password(running):
    assert running.password_file.stat().st_mode & 0o777 == 0o600
    assert running.folder.stat().st_mode & 0o777 == 0o700


def test_what_was_committed_survives_a_kill_and_the_stale_pid_file(running, supervisor):
    with psycopg.connect(running.url) as connection:
        connection.execute("create table kept (word text)")
        connection.execute("insert into kept values ('river')")
    before = state(running.url)
    child = supervisor.children["postgres"]
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()
    assert (running.folder / "postmaster.pid").exists()

    again = Postgres(running.folder, running.password_file, free_port())
    assert not again.prepare()
    supervisor.wait_until_ready(supervisor.start(again.program()))

    with psycopg.connect(again.url) as connection:
        assert connection.execute("select word from kept").fetchall() == [("river",)]
    assert state(again.url) == before


def test_a_server_left_over_on_the_same_data_is_stopped_first(running, supervisor):
    left = supervisor.children.pop("postgres")

    again = Postgres(running.folder, running.password_file, free_port())
    again.prepare()
    supervisor.wait_until_ready(supervisor.start(again.program()))

    assert not processes.is_alive(left.mark)
    left.process.wait()


def test_a_pid_file_that_names_a_stranger_is_forgotten(cluster, start):
    stranger = start()
    cluster.folder.mkdir()
    (cluster.folder / "postmaster.pid").write_text(f"{stranger.pid}\n{cluster.folder}\n")

    cluster.clear_stale_pid()

    assert processes.is_alive(stranger)
    assert not (cluster.folder / "postmaster.pid").exists()


def test_an_interrupted_first_start_is_made_anew(cluster):
    half = cluster.folder.with_name("postgres.new")
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")

    assert cluster.prepare()

    assert (cluster.folder / "global" / "pg_control").exists()
    assert not half.exists()


def test_data_of_another_version_are_refused_in_words(cluster):
    cluster.folder.mkdir()
    (cluster.folder / "PG_VERSION").write_text("17\n")

    with pytest.raises(Trouble, match="written by PostgreSQL 17"):
        cluster.prepare()
