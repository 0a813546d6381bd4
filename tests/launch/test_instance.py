import os
import signal
import socket
import subprocess
import sys

import pytest

from launch import ROOT, instance, processes, run
from launch.console import Trouble
from tests.launch.conftest import eventually

HOLDS_THE_LOCK = """
import sys, time
from pathlib import Path
from launch import instance

run_dir = Path(sys.argv[1])
with instance._lock(run_dir):
    instance.note_address(run_dir, "http://127.0.0.1:8765")
    time.sleep(60)
"""


@pytest.fixture
def data(tmp_path, monkeypatch):
    for module in (instance, run):
        monkeypatch.setattr(module, "DATA", tmp_path)
    (tmp_path / "run").mkdir()
    return tmp_path


@pytest.fixture
def other(data):
    process = subprocess.Popen([sys.executable, "-c", HOLDS_THE_LOCK, str(data / "run")], cwd=ROOT)
    lock = data / "run" / "lock"
    assert eventually(lambda: lock.exists() and "8765" in lock.read_text())
    yield process
    process.kill()
    process.wait()


def test_a_second_start_says_where_the_first_one_is(data, other):
    with pytest.raises(Trouble) as trouble:
        run.look_before()

    assert "at http://127.0.0.1:8765" in str(trouble.value)
    assert f"(process {other.pid})" in str(trouble.value)


def test_a_killed_start_holds_nothing_back(data, other, monkeypatch, start, capsys):
    left = start(name="web")
    processes.write_mark(data / "run", left)
    monkeypatch.setenv("PORT", str(_free()))
    os.kill(other.pid, signal.SIGKILL)
    other.wait()

    run.look_before()

    assert not processes.is_alive(left)
    assert "left running: web" in capsys.readouterr().out


def test_a_taken_port_is_said_and_a_free_one_offered(data, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))

        with pytest.raises(Trouble, match=f"Port {port} is in use") as trouble:
            run.look_before()

    offered = int(str(trouble.value).rpartition("PORT=")[2])
    assert offered > port


@pytest.mark.parametrize("text", ["web", "0", "65536", "-1", "80 81"])
def test_a_port_that_is_none_is_told(text, monkeypatch):
    monkeypatch.setenv("PORT", text)

    with pytest.raises(Trouble, match="PORT is a number"):
        run.port()


def test_the_data_folder_is_private(data):
    assert instance.data_folder() == data

    assert data.stat().st_mode & 0o077 == (0o011 if os.geteuid() == 0 else 0)


def test_passing_instances_stand_side_by_side_and_clear_what_died(data):
    dead = data / "passing" / "1"
    (dead / "run").mkdir(parents=True)

    with instance.passing() as (_, folder):
        assert folder.exists()
        assert not dead.exists()

    assert not folder.exists()


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
