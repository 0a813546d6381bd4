import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from launch import processes
from launch.processes import Mark
from launch.supervisor import Program, Supervisor


def python(script: str) -> list[str]:
    return [sys.executable, "-c", script]


def sleeper(name: str, **options) -> Program:
    return Program(name, python("import time; time.sleep(60)"), **options)


def eventually(happens: Callable[[], object], seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    return folder


@pytest.fixture
def supervisor(run_dir: Path, tmp_path: Path) -> Iterator[Supervisor]:
    logs = tmp_path / "log"
    logs.mkdir()
    supervisor = Supervisor(run_dir, logs)
    yield supervisor
    supervisor.stop()


@pytest.fixture
def start() -> Iterator[Callable[..., Mark]]:
    """Start a Python script as a process of its own session and return its mark."""
    started = []

    def start(script: str = "import time; time.sleep(60)", **options) -> Mark:
        process = subprocess.Popen(python(script), start_new_session=True)
        started.append(process)
        birth = processes.started_at(process.pid)
        return Mark(options.pop("name", "child"), process.pid, birth or "", **options)

    yield start
    for process in started:
        process.kill()
        process.wait()
