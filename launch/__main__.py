"""`python -m launch COMMAND`: what the Makefile's targets run inside `.venv`."""

import argparse
import sys

from launch import DATA, checks, instance, run, testing
from launch.console import Trouble, plain_output, warn
from launch.supervisor import Stopped


def main() -> int:
    options = _parser().parse_args()
    if options.command == "run":
        return run.main()
    if options.command == "stop":
        return instance.stop_running(DATA / "run")
    if options.command == "check":
        return checks.main()
    if options.command == "test":
        return testing.main(options.arguments)
    command = options.arguments[1:] if options.arguments[:1] == ["--"] else options.arguments
    return testing.execute(command, with_demo=options.demo, durable=options.durable)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m launch", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="everything on one machine, with the demo cohort")
    commands.add_parser("stop", help="stop what `run` started from this folder")
    commands.add_parser("check", help="the checks alone")
    test = commands.add_parser("test", help="the checks, then the tests")
    test.add_argument("arguments", nargs=argparse.REMAINDER, help="for pytest")
    execute = commands.add_parser("exec", help="run a command with PostgreSQL and Redis")
    execute.add_argument("--demo", action="store_true", help="with the demo cohort being served")
    execute.add_argument(
        "--durable", action="store_true", help="with servers that wait for the disk"
    )
    execute.add_argument("arguments", nargs=argparse.REMAINDER, metavar="-- COMMAND")
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
