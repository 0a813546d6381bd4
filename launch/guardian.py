"""Outlive the launcher by a moment: when it dies without a word, stop what it had started.

The launcher holds the other end of a pipe and never writes to it. However it dies, the system
closes that end; reading then answers, and whatever is still marked in the run folder is stopped.
"""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

from launch import ROOT
from launch.processes import stop_leftovers


def post(run_dir: Path, remove: Path | None = None) -> subprocess.Popen[bytes]:
    """Start a guardian over a run folder; `remove` is a folder it deletes at the very end."""
    return subprocess.Popen(
        [sys.executable, "-m", "launch.guardian", str(run_dir), *([str(remove)] if remove else [])],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def dismiss(guardian: subprocess.Popen[bytes]) -> None:
    """Let the guardian end its watch, and wait for it."""
    guardian.communicate()


def main(run_dir: str, remove: str | None = None) -> None:
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    stop_leftovers(Path(run_dir))
    if remove:
        shutil.rmtree(remove, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
