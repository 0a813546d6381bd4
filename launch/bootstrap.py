"""Make `.venv` what the lock says, then go on inside it. Runs on the machine's own Python alone.

Only pip installs, so that whatever the machine's pip is told (a mirror, a proxy, a certificate)
holds here too. An install that was interrupted is thrown away and made anew.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from launch import LOGS, ROOT
from launch.console import Trouble, plain_output, say, step, warn
from launch.instance import data_folder
from launch.run import look_before

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NOTE = VENV / "cohort-install.json"
LOCKS = {"run": ROOT / "requirements" / "run.txt", "dev": ROOT / "requirements" / "dev.txt"}
# These need linters, test tools and uv; the others only what runs Cohort.
FOR_DEVELOPERS = ("test", "check", "format", "exec", "lock")

NO_VENV = """\
This Python ({python}) cannot make virtual environments: a part of it is not installed.
  Debian, Ubuntu   apt install {package}
  others           install Python from python.org or your package manager
Then run the same command again."""


def main(arguments: list[str]) -> None:
    command = arguments[0] if arguments else ""
    if command == "run":
        look_before()
    if command != "stop" or not PYTHON.exists():
        with _alone():
            install("dev" if command in FOR_DEVELOPERS else "run")
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "launch", *arguments])


def install(which: str) -> None:
    """Bring `.venv` to a lock, `run` or `dev`; at once when it is there already."""
    note = _read_note()
    if _is_sound(note) and note["locks"].get(which) == _digest(which):
        return
    if sys.version_info >= (3, 14):
        warn("  ! Cohort is tried on Python 3.11 to 3.13; a library may be missing for this one.")
    if not note and _has_pip():
        note = {"state": "complete", "locks": {}}  # somebody's own: ours go beside theirs
    if not _is_sound(note):
        shutil.rmtree(VENV, ignore_errors=True)
        note = {"state": "installing", "locks": {}}
        _make_venv(note)
    _write_note({**note, "state": "installing"})
    if not sys.stdout.isatty():
        say(f"Installing {_count(which)} libraries into .venv, this once. It may take minutes.")
    with step("Libraries into .venv") as show:
        _pip_install(which, show)
    done = {name: _digest(name) for name in (("run",) if which == "run" else ("run", "dev"))}
    _write_note({"state": "complete", "locks": {**note["locks"], **done}})


def _is_sound(note: dict) -> bool:
    return note.get("state") == "complete" and PYTHON.exists()


def _has_pip() -> bool:
    command = [str(PYTHON), "-m", "pip", "--version"]
    return PYTHON.exists() and subprocess.run(command, capture_output=True).returncode == 0


def _make_venv(note: dict) -> None:
    VENV.mkdir()
    _write_note(note)  # first, so that being interrupted here is noticed as well
    done = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if done.returncode != 0:
        version = "python{}.{}-venv".format(*sys.version_info)
        warn(NO_VENV.format(python=sys.executable, package=version))
        raise Trouble((done.stdout + done.stderr).strip())


def _pip_install(which: str, show: Callable[[str], None]) -> None:
    """The lock names every library with its hash, so nothing is looked for beyond it."""
    command = [str(PYTHON), "-m", "pip", "install", "--no-input", "--no-compile", "--no-deps"]
    command += ["--disable-pip-version-check", "--progress-bar", "off", "--require-hashes"]
    environment = {**os.environ, "PIP_USER": "0", "PYTHONUNBUFFERED": "1"}
    log = _log()
    with log.open("w") as file:
        process = subprocess.Popen(
            [*command, "-r", str(LOCKS[which])],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            close_fds=False,  # it keeps the lock, should this process be killed
            text=True,
        )
        found = 0
        for line in process.stdout or ():
            file.write(line)
            found += line.startswith("Collecting ")
            show("installing" if line.startswith("Installing ") else f"{found} of {_count(which)}")
    if process.wait() != 0:
        lines = [line for line in log.read_text().splitlines() if "WARNING" not in line]
        raise Trouble(
            "\n".join(["The libraries could not be installed:", *lines[-12:]])
            + f"\n  pip's whole log: {log}\n  The same command again starts this step anew."
        )


def _log() -> Path:
    LOGS.mkdir(mode=0o700, exist_ok=True)
    return LOGS / "install.log"


def _read_note() -> dict:
    try:
        note = json.loads(NOTE.read_text())
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def _write_note(note: dict) -> None:
    draft = NOTE.with_suffix(".new")
    draft.write_text(json.dumps(note))
    draft.replace(NOTE)


def _digest(which: str) -> str:
    return hashlib.sha256(LOCKS[which].read_bytes()).hexdigest()


def _count(which: str) -> int:
    return len(
        re.findall(r"^[A-Za-z0-9._-]+(?:\[.*?\])?==", LOCKS[which].read_text(), re.MULTILINE)
    )


@contextmanager
def _alone() -> Iterator[None]:
    """Two starts at once must not install into one `.venv`: the second waits for the first.

    pip and venv hold the lock as well: killed, this process may leave them at work for a while.
    """
    with (data_folder() / "install.lock").open("a") as file:
        os.set_inheritable(file.fileno(), True)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  · another start is installing the libraries; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    plain_output()
    try:
        main(sys.argv[1:])
    except Trouble as trouble:
        warn(f"\n{trouble}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        warn("\nStopped. The same command goes on where this one ended.")
        sys.exit(130)
