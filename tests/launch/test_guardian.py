import os
import signal
import subprocess
import sys

from launch import ROOT, processes
from tests.launch.conftest import eventually

LAUNCHER = """
import sys, time
from pathlib import Path
from launch import guardian
from launch.supervisor import Program, Supervisor

run_dir, logs, scratch = map(Path, sys.argv[1:])
supervisor = Supervisor(run_dir, logs)
watch = guardian.post(run_dir, scratch)
for name, stage in (("web", 0), ("postgres", 2)):
    argv = [sys.executable, "-c", "import time; time.sleep(60)"]
    supervisor.start(Program(name, argv, stage=stage))
(run_dir / "ready").touch()
time.sleep(60)
"""


def test_children_are_stopped_when_the_launcher_is_killed(run_dir, tmp_path):
    folders = [run_dir, tmp_path / "log", tmp_path / "scratch"]
    for folder in folders[1:]:
        folder.mkdir()
    launcher = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, *map(str, folders)], cwd=ROOT, start_new_session=True
    )
    assert eventually((run_dir / "ready").exists)
    marks = processes.read_marks(run_dir)
    assert [mark.name for mark in marks] == ["postgres", "web"]
    assert all(processes.is_alive(mark) for mark in marks)

    # The whole group, as a terminal that is closed by force would.
    os.killpg(launcher.pid, signal.SIGKILL)
    launcher.wait()

    assert eventually(lambda: not any(processes.is_alive(mark) for mark in marks))
    assert eventually(lambda: processes.read_marks(run_dir) == [])
    assert eventually(lambda: not (tmp_path / "scratch").exists())
