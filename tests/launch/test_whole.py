"""`make run` as people meet it: from nothing to a page, killed, started again, and stopped."""

import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from launch import ROOT, processes
from tests.launch.conftest import eventually
from tests.ports import free_port

pytestmark = pytest.mark.services

MADE_HERE = (".git", ".venv", ".data", "__pycache__", ".*_cache", ".coverage*", ".hypothesis")
PATIENCE = 300  # seconds; alone it takes twenty


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A checkout of its own, whose data are its own too."""
    copy = tmp_path / "checkout"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*MADE_HERE))
    yield copy
    for pid in _processes_of(copy):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def launch(checkout):
    """Start `make run` in the checkout; its output goes to a file."""
    ours = {
        "DATABASE_URL", "REDIS_URL", "CACHE_URL", "DEMO", "DEBUG", "MEDIA_ROOT", "BUILD_DIR",
        "STATIC_ROOT",
    }  # fmt: skip
    environment = {key: value for key, value in os.environ.items() if key not in ours}
    environment["PORT"] = str(free_port())
    terminal = checkout.parent / "terminal"

    def launch() -> subprocess.Popen[bytes]:
        with terminal.open("wb") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "launch", "run"],
                cwd=checkout,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    launch.address = f"http://127.0.0.1:{environment['PORT']}"
    launch.says = lambda: terminal.read_text()
    return launch


def test_from_nothing_to_a_page_and_back_to_nothing(launch, checkout):
    first = launch()
    assert eventually(lambda: first.poll() is not None or _is_served(launch.address), PATIENCE), (
        launch.says()
    )
    assert eventually(lambda: "Ctrl-C stops everything" in launch.says(), PATIENCE), launch.says()
    assert launch.address in launch.says()
    assert "Facilitator" in launch.says()
    threads = _count_threads(checkout)
    assert threads > 0

    # Killed hard: nothing it has started outlives it for long, nothing blocks the next start.
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    second = launch()
    assert eventually(lambda: "Ctrl-C stops everything" in launch.says(), PATIENCE), launch.says()
    assert _is_served(launch.address)
    assert _count_threads(checkout) == threads

    # A second start beside it says so.
    third = launch()
    assert third.wait(PATIENCE) == 1
    assert f"Cohort runs already from this folder, at {launch.address}" in launch.says()

    second.send_signal(signal.SIGINT)
    assert second.wait(PATIENCE) == 0
    assert _processes_of(checkout) == []


def _is_served(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/accounts/login/", timeout=5) as answer:
            return answer.status == 200
    except (OSError, urllib.error.HTTPError):
        return False


def _count_threads(checkout: Path) -> int:
    """Through manage.py, which finds the running demo's settings by itself."""
    bare = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    script = "from forums.models import Thread; print('threads', Thread.objects.count())"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", script],
        cwd=checkout,
        env=bare,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.rpartition("threads ")[2])


def _processes_of(checkout: Path) -> list[int]:
    """Who was started from that folder, by what their command line or working folder says."""
    found = []
    for pid in (int(path.name) for path in Path("/proc").glob("[0-9]*")):
        try:
            place = str(Path(f"/proc/{pid}/cwd").readlink())
        except OSError:
            continue
        text = f"{place} {processes.command_of(pid)}"
        if str(checkout) in text and processes.started_at(pid):
            found.append(pid)
    return found
