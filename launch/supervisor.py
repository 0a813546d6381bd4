"""Keep a group of programs running, and stop all of it in order."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from launch import processes
from launch.console import Trouble, warn
from launch.logs import TROUBLE, Echo, LogFile, follow
from launch.processes import Mark

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds before a crashed program starts again
STEADY_AFTER = 60.0  # seconds of running after which a crash counts as the first again


class Stopped(Exception):
    """Somebody asked the launcher to stop."""


@dataclass(frozen=True)
class Program:
    """What to run and how to treat it. Lower stages are stopped first, together."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    stage: int = 0
    stop_signal: int = signal.SIGTERM
    grace: float = 5.0
    popen: Mapping[str, Any] = field(default_factory=dict)
    before_start: Callable[[], None] = lambda: None
    is_ready: Callable[[int], bool] = lambda pid: True
    trouble: Any = TROUBLE


@dataclass
class Child:
    program: Program
    process: subprocess.Popen[bytes]
    mark: Mark
    began: float
    echo: Echo
    reader: threading.Thread
    log: Path
    log_starts: int
    pause: float = FIRST_PAUSE
    again_at: float | None = None


class Supervisor:
    def __init__(self, run_dir: Path, log_dir: Path):
        self.run_dir, self.log_dir = run_dir, log_dir
        self.children: dict[str, Child] = {}
        self.stop_requests = 0
        self.parent = _expected_parent()

    def listen_for_signals(self) -> None:
        """Ctrl-C, SIGTERM and a closed terminal stop everything; asked twice, without patience."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: object) -> None:
        self.stop_requests += 1

    def is_asked_to_stop(self) -> bool:
        return self.stop_requests > 0 or (self.parent is not None and os.getppid() != self.parent)

    def pause(self, seconds: float) -> None:
        """Wait, unless there is a reason to stop: then raise Stopped."""
        until = time.monotonic() + seconds
        while True:
            if self.is_asked_to_stop():
                raise Stopped
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.1))

    # Starting

    def start(self, program: Program, quiet: bool = False) -> Child:
        """Start a program; `quiet` until it is ready, as its last words are told if it fails."""
        child = self._spawn(program)
        child.echo.is_on = not quiet
        self.children[program.name] = child
        return child

    def wait_until_ready(self, *children: Child, seconds: float = 60) -> None:
        """Wait until each says it is ready; one that ends before is trouble, told with its log."""
        until = time.monotonic() + seconds
        waiting = list(children)
        while waiting:
            for child in waiting:
                if child.process.poll() is not None:
                    raise Trouble(self._last_words(child, "ended while it was starting"))
                child.echo.is_on = child.program.is_ready(child.process.pid)
            waiting = [child for child in waiting if not child.echo.is_on]
            if waiting and time.monotonic() > until:
                raise Trouble(self._last_words(waiting[0], f"was not ready within {seconds:.0f} s"))
            if waiting:
                self.pause(0.03)

    def run(self, *lanes: Sequence[Program]) -> None:
        """Run lanes side by side, the programs of a lane one after the other, to their end.

        The first program that fails is told as Trouble, with its last words.
        """
        waiting = [list(lane) for lane in lanes if lane]
        running = [(self.start(lane.pop(0), quiet=True), lane) for lane in waiting]
        while running:
            running = [step for child, lane in running for step in self._advance(child, lane)]
            self.pause(0.03)

    def output_of(self, program: Program) -> str:
        """Run a program to its end and return what it wrote."""
        child = self.start(program, quiet=True)
        running = [(child, list[Program]())]
        while running:
            running = self._advance(*running[0])
            self.pause(0.03)
        return self._written(child)

    def _advance(self, child: Child, lane: list[Program]) -> list[tuple[Child, list[Program]]]:
        """Where a lane stands now: at the same child, at the next one, or at its end."""
        if child.process.poll() is None:
            return [(child, lane)]
        if child.process.returncode != 0:
            raise Trouble(self._last_words(child, f"failed ({_outcome(child.process)})"))
        self._forget(child)
        return [(self.start(lane.pop(0), quiet=True), lane)] if lane else []

    def run_in_front(self, argv: Sequence[str], env: Mapping[str, str]) -> int:
        """Run a command that keeps the terminal, as it would without us; return its exit status."""
        process = subprocess.Popen(argv, env=dict(env))
        mark = Mark("front", process.pid, _birth(process), leads_group=False)
        processes.write_mark(self.run_dir, mark)
        asked_at = None
        while process.poll() is None:
            time.sleep(0.05)
            if not self.is_asked_to_stop():
                self.check()  # servers under it come up again, as they do in `make run`
            if self.is_asked_to_stop() and asked_at is None:
                asked_at = time.monotonic()  # Ctrl-C reached it as well: let it finish its way.
            if asked_at and (self.stop_requests > 1 or time.monotonic() - asked_at > 10):
                processes.stop([mark])
        processes.remove_mark(self.run_dir, "front")
        return 128 - process.returncode if process.returncode < 0 else process.returncode

    # Watching

    def watch(self) -> None:
        """Restart what crashes, each time after a longer pause, until Stopped is raised."""
        while True:
            self.check()
            self.pause(0.2)

    def check(self) -> None:
        for child in list(self.children.values()):
            if child.again_at is None and child.process.poll() is not None:
                self._plan_restart(child)
            elif child.again_at is not None and time.monotonic() >= child.again_at:
                self._restart(child)

    def _plan_restart(self, child: Child) -> None:
        processes.stop([child.mark])  # what the crashed one has left behind
        if time.monotonic() - child.began > STEADY_AFTER:
            child.pause = FIRST_PAUSE
        child.again_at = time.monotonic() + child.pause
        warn(
            f"  ! {child.program.name} ended ({_outcome(child.process)}); starting it again "
            f"in {child.pause:.0f} s. Its log: {child.log}"
        )

    def _restart(self, child: Child) -> None:
        fresh = self.start(child.program)
        fresh.pause = min(child.pause * 2, LONGEST_PAUSE)
        warn(f"  ! {child.program.name} is started again.")

    # Stopping

    def stop(self) -> None:
        """Stop everything in order; asked to stop once more meanwhile, kill what can be killed."""
        already = self.stop_requests
        children = list(self.children.values())
        processes.stop(
            [child.mark for child in children],
            in_a_hurry=lambda: self.stop_requests > max(already, 1),
        )
        for child in children:
            child.process.wait()
            self._forget(child)

    def stop_one(self, name: str) -> None:
        child = self.children[name]
        processes.stop([child.mark])
        child.process.wait()
        self._forget(child)

    # Parts

    def _spawn(self, program: Program) -> Child:
        program.before_start()
        process = subprocess.Popen(
            program.argv,
            env=dict(program.env) or None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **program.popen,
        )
        mark = Mark(
            program.name,
            process.pid,
            _birth(process),
            program.stage,
            program.stop_signal,
            program.grace,
        )
        processes.write_mark(self.run_dir, mark)
        path = self.log_dir / f"{program.name}.log"
        log = LogFile(path)
        starts = log.file.tell()
        echo = Echo(program.name, path, program.trouble)
        reader = threading.Thread(target=follow, args=(process.stdout, log, echo), daemon=True)
        reader.start()
        return Child(program, process, mark, time.monotonic(), echo, reader, path, starts)

    def _forget(self, child: Child) -> None:
        processes.remove_mark(self.run_dir, child.program.name)
        self.children.pop(child.program.name, None)

    def _last_words(self, child: Child, what: str) -> str:
        quoted = "\n".join(f"    {line}" for line in self._written(child).splitlines()[-25:])
        return f"{child.program.name} {what}.\n{quoted}\n  The whole log: {child.log}"

    def _written(self, child: Child) -> str:
        """What this start of a program has written so far."""
        child.reader.join(timeout=1)  # until the pipe is empty
        with child.log.open("rb") as log:
            log.seek(child.log_starts)
            return log.read().decode(errors="replace")


def _birth(process: subprocess.Popen[bytes]) -> str:
    """The moment a child started. One that has ended already gets a moment nobody shares."""
    return processes.started_at(process.pid) or "ended"


def _outcome(process: subprocess.Popen[bytes]) -> str:
    if process.returncode < 0:
        return f"killed by {signal.Signals(-process.returncode).name}"
    return f"exit status {process.returncode}"


def _expected_parent() -> int | None:
    """The process whose end is our end as well, as start.sh noted it: make, usually."""
    noted = os.environ.get("LAUNCH_PARENT", "")
    return int(noted) if noted.isdigit() and int(noted) == os.getppid() else None
