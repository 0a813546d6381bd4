"""The workers and beats under trial: real processes that are killed and replaced."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil


class Crew:
    """Two workers of two processes each, and two beats."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "benchmarks.faults.settings",
            "FAULTS_SMTP_PORT": str(port),
            "LOG_LEVEL": "WARNING",
            "PYTHONWARNINGS": "ignore",
        }
        self.workers = [self._worker(number) for number in (1, 2)]
        self.beats = [self._beat(number) for number in (1, 2)]
        self.kills = 0

    def kill_a_worker(self) -> None:
        """kill -9 the worker and its pool at once, and start another in its place."""
        place = random.randrange(len(self.workers))
        os.killpg(self.workers[place].pid, signal.SIGKILL)
        self.workers[place].wait()
        self.kills += 1
        self.workers[place] = self._worker(place + 1)

    def kill_a_child(self) -> None:
        """kill -9 one process of a worker's pool; the worker itself puts another in its place."""
        pool = [
            child
            for worker in self.workers
            for child in psutil.Process(worker.pid).children(recursive=True)
        ]
        if pool:
            random.choice(pool).kill()
            self.kills += 1

    def kill_beats(self) -> None:
        """kill -9 both beats; for a while nobody says that it is time."""
        for beat in self.beats:
            os.killpg(beat.pid, signal.SIGKILL)
            beat.wait()
        time.sleep(2)
        self.beats = [self._beat(number) for number in (1, 2)]

    def stop(self) -> None:
        for process in [*self.beats, *self.workers]:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _worker(self, number: int) -> "subprocess.Popen[bytes]":
        return self._start(
            *("worker", "--concurrency", "2", "--hostname", f"faults-{number}@%h"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        )

    def _beat(self, number: int) -> "subprocess.Popen[bytes]":
        return self._start(
            *("beat", "--schedule", str(self.folder / f"beat-{number}"), "--pidfile", "")
        )

    def _start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "config", *arguments],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
