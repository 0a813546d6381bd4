"""One start of Cohort and its folder: locked while it lives, cleared of what a killed one left."""

import fcntl
import os
import resource
import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from launch import DATA, guardian, processes
from launch.console import Trouble, say
from launch.supervisor import Supervisor

# The settings of the instance, beside the marks, for commands that work on the same data.
ENVIRONMENT = "environment"
ENOUGH_FILES = 65_536


def data_folder() -> Path:
    """`.data`, private. As root, others may pass through it, without looking, to what is theirs."""
    try:
        DATA.mkdir(exist_ok=True)
        if os.access(DATA, os.W_OK) and DATA.stat().st_uid == os.geteuid():
            return _folder(DATA, private())
    except PermissionError:
        pass
    raise Trouble(
        f"{DATA} belongs to another user, or cannot be made here.\n"
        "  Run Cohort as the user that ran it first, or in a checkout of your own."
    )


def private() -> int:
    """The mode of folders that PostgreSQL's account must be able to pass through, as root."""
    return 0o711 if os.geteuid() == 0 else 0o700


@contextmanager
def lasting(name: str) -> Iterator[Supervisor]:
    """The one instance of its name, keeping its data in `.data`; Trouble when it runs already."""
    run_dir = _folder(data_folder() / name)
    with _lock(run_dir) as is_ours:
        if not is_ours:
            raise Trouble(already_running(run_dir) or "Cohort runs already.")
        clear(run_dir)
        try:
            with _supervised(run_dir, _folder(DATA / "log")) as supervisor:
                yield supervisor
        finally:
            (run_dir / ENVIRONMENT).unlink(missing_ok=True)


@contextmanager
def passing() -> Iterator[tuple[Supervisor, Path]]:
    """An instance whose data are thrown away; any number of them may run side by side."""
    parent = _folder(data_folder() / "passing", private())
    with ExitStack() as held:
        with _lock(parent, wait=True):
            _clear_dead(parent)
            folder = _folder(parent / str(os.getpid()), private())
            held.enter_context(_lock(_folder(folder / "run")))
        held.callback(shutil.rmtree, folder, ignore_errors=True)
        log_dir = _folder(folder / "log")
        yield held.enter_context(_supervised(folder / "run", log_dir, remove=folder)), folder


def clear(run_dir: Path) -> None:
    """Stop what a killed start of this instance has left; whoever calls knows it is not running."""
    left = processes.stop_leftovers(run_dir)
    if left:
        say(f"  · Stopped what a killed start had left running: {', '.join(left)}")


def already_running(run_dir: Path) -> str | None:
    """What to tell whoever starts a running instance again; None when it does not run."""
    if not run_dir.exists():
        return None
    with _lock(run_dir) as is_ours:
        if is_ours:
            return None
    lines = (run_dir / "lock").read_text().splitlines()
    pid, address = [*lines, "?", ""][:2] if lines else ("?", "")
    return (
        f"Cohort runs already from this folder{f', at {address}' if address else ''} "
        f"(process {pid}).\n  Stop it with Ctrl-C where it runs, or with: make stop"
    )


def stop_running(run_dir: Path) -> int:
    """Stop the instance of a folder as Ctrl-C would, and wait until it has."""
    if already_running(run_dir) is None:
        say("Nothing runs from this folder.")
        return 0
    pid = int((run_dir / "lock").read_text().split()[0])
    os.kill(pid, signal.SIGTERM)
    with _lock(run_dir, wait=True):
        say("Stopped.")
    return 0


def note_address(run_dir: Path, address: str) -> None:
    """Leave word for others who look at the lock."""
    (run_dir / "lock").write_text(f"{os.getpid()}\n{address}\n")


def allow_many_files() -> None:
    """Let what we start open many files and sockets: shells grant 1,024, users may have more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH_FILES if hard == resource.RLIM_INFINITY else min(ENOUGH_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@contextmanager
def _supervised(run_dir: Path, log_dir: Path, remove: Path | None = None) -> Iterator[Supervisor]:
    allow_many_files()
    supervisor = Supervisor(run_dir, log_dir)
    supervisor.listen_for_signals()
    watch = guardian.post(run_dir, remove)
    try:
        yield supervisor
    finally:
        supervisor.stop()
        guardian.dismiss(watch)


@contextmanager
def _lock(folder: Path, wait: bool = False) -> Iterator[bool]:
    """Hold a folder's lock, which the system lets go when its holder dies; False if it is held."""
    with (folder / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True


def _clear_dead(parent: Path) -> None:
    for folder in (path.parent for path in parent.glob("*/run")):
        with _lock(folder / "run") as is_dead:
            if is_dead:
                processes.stop_leftovers(folder / "run")
                shutil.rmtree(folder, ignore_errors=True)


def _folder(path: Path, mode: int = 0o700) -> Path:
    path.mkdir(mode=mode, exist_ok=True)
    path.chmod(mode)
    return path
