"""Processes as they are known from outside: who they are, whether they live, how they are stopped.

Every process of ours leaves a mark, a small file that holds its id and the moment it started. An id
alone is not an identity: the system gives it to another program as soon as ours is gone.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mark:
    name: str
    pid: int
    started: str
    stage: int = 0  # lower stages are stopped first
    stop_signal: int = signal.SIGTERM
    grace: float = 5.0  # seconds until it is killed
    leads_group: bool = True


def started_at(pid: int) -> str | None:
    """When a process started, as text that only serves to compare; None once it is dead."""
    if not Path("/proc/self/stat").exists():
        answer = subprocess.run(
            ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True
        ).stdout.strip()
        return answer.split(None, 1)[1] if answer and not answer.startswith("Z") else None
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The name, in parentheses, may hold spaces and parentheses itself.
    columns = stat.rpartition(")")[2].split()
    return None if columns[0] in "ZX" else columns[19]


def command_of(pid: int) -> str:
    """The command line of a process, empty where it cannot be read."""
    try:
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        )
    except OSError:
        pass
    if Path("/proc/self").exists():
        return ""
    return subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True
    ).stdout


def is_alive(mark: Mark) -> bool:
    return started_at(mark.pid) == mark.started


def write_mark(run_dir: Path, mark: Mark) -> None:
    target = run_dir / f"{mark.name}.json"
    draft = target.with_suffix(".new")
    draft.write_text(json.dumps(asdict(mark)))
    draft.replace(target)


def remove_mark(run_dir: Path, name: str) -> None:
    (run_dir / f"{name}.json").unlink(missing_ok=True)


def read_marks(run_dir: Path) -> list[Mark]:
    """The marks of a folder; a torn or foreign file says nothing and is passed over."""
    marks = []
    for path in sorted(run_dir.glob("*.json")):
        try:
            marks.append(Mark(**json.loads(path.read_text())))
        except (OSError, ValueError, TypeError):
            continue
    return marks


def stop(marks: Iterable[Mark], in_a_hurry: Callable[[], bool] = lambda: False) -> None:
    """Stop processes stage by stage: ask, wait for their grace, then kill what is left of each."""
    marks = list(marks)
    for stage in sorted({mark.stage for mark in marks}):
        members = [mark for mark in marks if mark.stage == stage]
        for mark in members:
            if is_alive(mark):
                _send(mark.pid, mark.stop_signal)
        _wait_for_end(members, in_a_hurry)
        for mark in members:
            _kill_rest(mark)
        _wait_for_end(members, in_a_hurry=lambda: False)


def stop_leftovers(run_dir: Path) -> list[str]:
    """Stop what an earlier start left running, and name it."""
    marks = read_marks(run_dir)
    names = [mark.name for mark in marks if is_alive(mark)]
    stop(marks)
    for mark in marks:
        remove_mark(run_dir, mark.name)
    return names


def _wait_for_end(marks: list[Mark], in_a_hurry: Callable[[], bool]) -> None:
    began = time.monotonic()
    while True:
        waited = time.monotonic() - began
        patience = [0.0 if in_a_hurry() else mark.grace for mark in marks if is_alive(mark)]
        if not patience or waited > max(patience):
            return
        time.sleep(0.03)


def _kill_rest(mark: Mark) -> None:
    """Kill the process if it still lives, and those it started and left behind.

    The system does not give an id away while it names a living group. So, unless another process
    now wears the leader's id, the group of that id is still the one we made.
    """
    if is_alive(mark):
        _send(mark.pid, signal.SIGKILL)
    elif started_at(mark.pid) is not None:
        return
    if mark.leads_group:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(mark.pid, signal.SIGKILL)


def _send(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
