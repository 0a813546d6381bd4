"""Runs a module on something untrusted, in a process of its own with little memory and time.

What it is given may make it crash, hang or grow: that costs this one run and nothing else. The
module imports nothing of Django, finds no secret in its environment, and writes what it found to
its standard output or into a folder it is given.
"""

import os
import resource
import runpy
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MB = 1024 * 1024
MOST_SAID = 1 * MB
LARGEST_FILE = 64 * MB


class Unfinished(Exception):
    """It failed; `was_stopped` if a limit on its processor time ended it."""

    def __init__(self, words: str, *, was_stopped: bool = False) -> None:
        super().__init__(words)
        self.was_stopped = was_stopped


def run_limited(module: str, *arguments: str, seconds: int, memory: int) -> bytes:
    """What the module printed, at most a megabyte of it. `memory` is in bytes.

    `seconds` are of processor time; on the clock it has three times as many, and two more to begin.
    Raises Unfinished.
    """
    command = [
        sys.executable, "-E", "-s", "-m", "cohort.limited", str(seconds), str(memory), module,
    ]  # fmt: skip
    process = subprocess.Popen(  # noqa: S603
        [*command, *arguments],
        cwd=ROOT,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        said, _nothing = process.communicate(timeout=seconds * 3 + 2)
    except subprocess.TimeoutExpired as error:
        raise Unfinished(f"{module} ran out of time") from error
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.returncode:
        code = process.returncode
        raise Unfinished(f"{module} ended with {code}", was_stopped=code < 0)
    return said[:MOST_SAID]


def _limit(seconds: int, memory: int) -> None:
    wanted = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_FSIZE: LARGEST_FILE,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in wanted.items():
        with suppress(ValueError, OSError):  # macOS knows no limit of address space
            resource.setrlimit(what, (most, most))


def main() -> None:
    seconds, memory, module, *arguments = sys.argv[1:]
    _limit(int(seconds), int(memory))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
