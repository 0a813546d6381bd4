"""`make bench`: measure, print, and with --write keep the figures in docs/performance.md."""

import argparse
import os
import platform
import sys
from datetime import UTC, datetime

import psutil

from benchmarks import shelf
from benchmarks.parts import LONG_PARTS, PARTS
from benchmarks.report import PAGE, Report
from benchmarks.world import prepare, settle_environment


def main() -> int:
    options = _options()
    settle_environment()
    report = Report()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    world = prepare(
        people=options.people,
        threads=options.threads,
        posts=options.posts,
        messages=options.messages,
        resources=shelf.RESOURCES if "shelf" in options.only else 0,
    )
    report.say(
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, "
        f"{psutil.cpu_count()} cores, load {load} at the start; {options.threads:,} threads, "
        f"{options.posts:,} posts, {options.people:,} people; {options.rounds} rounds, medians."
    )
    for part in options.only:
        {**PARTS, **LONG_PARTS}[part](world, options, report)
    if options.write:
        report.keep()
    for line in report.missed:
        print(f"Missed: {line}", file=sys.stderr)
    return 1 if report.missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--threads", type=int, default=1_000)
    parser.add_argument("--posts", type=int, default=18_610)
    parser.add_argument("--messages", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=160, help="requests in a burst")
    parser.add_argument("--lines", type=int, default=200, help="chat lines")
    parser.add_argument("--sockets", type=int, nargs="+", default=[100, 1_000])
    parser.add_argument("--cohorts", type=int, default=100, help="of 100 readers of an edition")
    parser.add_argument("--only", nargs="+", choices=[*PARTS, *LONG_PARTS], default=list(PARTS))
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {PAGE}")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
