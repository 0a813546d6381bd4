"""`make test`: every check, then every test, on servers of their own."""

import sys
from collections.abc import Mapping, Sequence

from launch import DATA, checks, commands, programs
from launch.console import say, step, warn
from launch.instance import data_folder, passing
from launch.supervisor import Supervisor


def main(arguments: Sequence[str]) -> int:
    """All checks, then the tests; with arguments only the tests they choose."""
    failed = [] if arguments else checks.run()
    with passing() as (supervisor, folder):
        environment = commands.environment_for(supervisor, folder)
        _build_assets(supervisor, environment)
        say_what_is_skipped(environment)
        command = [sys.executable, "-m", "pytest", "-n", "2", *arguments]
        status = supervisor.run_in_front(command, environment)
    if failed:
        warn(f"Checks that failed, as told above: {', '.join(failed)}")
    return status or (1 if failed else 0)


def say_what_is_skipped(environment: Mapping[str, str]) -> None:
    if "CHROMIUM" not in environment:
        say(
            "  · No Chromium here: the tests that walk through the pages in a browser are skipped."
            "\n    apt install chromium, or set CHROMIUM=/path/to/chromium, to have them too."
        )


def _build_assets(supervisor: Supervisor, environment: Mapping[str, str]) -> None:
    """Fonts and bundles are made once for a checkout, for runs and tests alike."""
    stamps = programs.Stamps(data_folder() / "stamps")
    sources = programs.static_sources()
    if not stamps.is_current("assets", sources) or not (DATA / "build").exists():
        with step("Fonts, styles and scripts"):
            supervisor.run([programs.manage("build_assets", environment, "--skip-checks")])
        stamps.set("assets", sources)
