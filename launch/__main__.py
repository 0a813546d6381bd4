"""`python -m launch COMMAND`: what the Makefile's targets run inside `.venv`."""

import signal

# Until there is something to stop, Ctrl-C simply ends this, imports included.
signal.signal(signal.SIGINT, signal.SIG_DFL)

# ruff: noqa: E402
import argparse
import sys

from launch import DATA, checks, commands, instance, run, testing
from launch.console import Trouble, plain_output, warn
from launch.supervisor import Stopped


def main() -> int:
    options = _parser().parse_args()
    arguments = [word for word in getattr(options, "arguments", ()) if word != "--"]
    match options.command:
        case "run":
            return run.main()
        case "stop":
            return instance.stop_running(DATA / "run")
        case "check":
            return checks.main()
        case "test":
            return testing.main(arguments)
        case "exec":
            return commands.execute(arguments, with_demo=options.demo, durable=options.durable)
        case "on-data":
            return commands.on_data(arguments)
        case "format":
            return checks.format_all()
        case "reset":
            return commands.reset()
        case _:
            return commands.lock()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m launch", description=__doc__)
    names = parser.add_subparsers(dest="command", required=True)
    names.add_parser("run", help="everything on one machine, with the demo cohort")
    names.add_parser("stop", help="stop what `run` started from this folder")
    names.add_parser("check", help="the checks alone")
    names.add_parser("format", help="bring Python and templates into shape")
    names.add_parser("reset", help="throw the demo's data away")
    names.add_parser("lock", help="resolve the requirements anew")
    test = names.add_parser("test", help="the checks, then the tests")
    execute = names.add_parser("exec", help="a command with servers of its own")
    execute.add_argument("--demo", action="store_true", help="with the demo cohort served")
    execute.add_argument("--durable", action="store_true", help="on servers that wait for the disk")
    on_data = names.add_parser("on-data", help="a command on the data of `run`")
    for parser_ in (test, execute, on_data):
        parser_.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser


if __name__ == "__main__":
    plain_output()
    try:
        sys.exit(main())
    except Trouble as trouble:
        warn(f"\n{trouble}\n")
        sys.exit(1)
    except Stopped:
        warn("\nStopped.")
        sys.exit(130)
