"""`python -m launch COMMAND`: what the Makefile's targets run inside `.venv`.

run                      everything on one machine, with the demo cohort
stop                     stop what `run` started from this folder
reset                    throw the demo's data away
on-data COMMAND          a command on the data of `run`
exec [--durable] [--] COMMAND
                         a command with servers of its own; with ones that wait for the disk
test [PYTEST OPTIONS]    the checks, then the tests; with options only the tests they choose
check                    the checks alone
format                   bring Python and templates into shape
lock                     resolve the requirements anew
"""

import signal

# Until there is something to stop, Ctrl-C simply ends this, imports included.
signal.signal(signal.SIGINT, signal.SIG_DFL)

# ruff: noqa: E402
import sys
from collections.abc import Callable, Sequence

from launch import DATA, checks, commands, instance, run, testing
from launch.console import Trouble, plain_output, warn
from launch.supervisor import Stopped

PLAIN: dict[str, Callable[[], int]] = {
    "run": run.main,
    "stop": lambda: instance.stop_running(DATA / "run"),
    "reset": commands.reset,
    "check": checks.main,
    "format": checks.format_all,
    "lock": commands.lock,
}


def main(words: Sequence[str]) -> int:
    name, *rest = words or ["help"]
    if name in PLAIN and not rest:
        return PLAIN[name]()
    if name == "test":
        return testing.main(rest)
    if name == "on-data":
        return commands.on_data(rest)
    if name == "exec":
        durable = rest[:1] == ["--durable"]
        command = rest[1:] if durable else rest
        return commands.execute(command[1:] if command[:1] == ["--"] else command, durable)
    raise Trouble(__doc__ or "")


if __name__ == "__main__":
    plain_output()
    try:
        sys.exit(main(sys.argv[1:]))
    except Trouble as trouble:
        warn(f"\n{trouble}\n")
        sys.exit(1)
    except Stopped:
        warn("\nStopped.")
        sys.exit(130)
