"""`make test`, and any command that wants servers of its own for as long as it runs."""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from launch import DATA, checks, programs, run, services
from launch.console import Trouble, say, step, warn
from launch.instance import data_folder, passing
from launch.ports import HERE, free_port
from launch.supervisor import Supervisor

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
COVERAGE = ("--cov", "--cov-report", "term:skip-covered")


def main(arguments: Sequence[str]) -> int:
    """All checks, then the tests; with arguments only the tests they choose."""
    failed = [] if arguments else checks.run()
    with passing() as (supervisor, folder):
        environment = _environment(supervisor, folder)
        _build_assets(supervisor, environment)
        say_what_is_skipped(environment)
        options = list(arguments) or list(COVERAGE)
        command = [sys.executable, "-m", "pytest", "-n", "2", *options]
        status = supervisor.run_in_front(command, environment)
    if failed:
        warn(f"Checks that failed, as told above: {', '.join(failed)}")
    return status or (1 if failed else 0)


def execute(command: Sequence[str], with_demo: bool = False, durable: bool = False) -> int:
    """Run a command with PostgreSQL and Redis, and with the demo cohort served if wanted."""
    if not command:
        raise Trouble("exec wants a command:  python -m launch exec -- python manage.py shell")
    with passing() as (supervisor, folder):
        environment = _environment(supervisor, folder, forgetful=not durable)
        if with_demo:
            environment["DEBUG"] = "0"
            run.prepare(supervisor, environment, folder)
            at_port = int(environment["BASE_URL"].rpartition(":")[2])
            run.serve(supervisor, environment, folder, at_port)
        return supervisor.run_in_front(command, environment)


def say_what_is_skipped(environment: Mapping[str, str]) -> None:
    if "CHROMIUM" not in environment:
        say(
            "  · No Chromium here: the tests that walk through the pages in a browser are skipped."
            "\n    apt install chromium, or set CHROMIUM=/path/to/chromium, to have them too."
        )


def find_chromium() -> str | None:
    given = os.environ.get("CHROMIUM")
    return given or next(filter(None, map(shutil.which, BROWSERS)), None)


def _environment(supervisor: Supervisor, folder: Path, forgetful: bool = True) -> dict[str, str]:
    urls = services.start(supervisor, folder, forgetful)
    chromium = find_chromium()
    scripts = str(Path(sys.executable).parent)
    return {
        **run.base_environment(f"http://{HERE}:{free_port()}", folder),
        **urls,
        "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}",
        "DEBUG": "1",  # static files from where they are, without a round of collecting
        "BUILD_DIR": str(DATA / "build"),
        "STATIC_ROOT": str(folder / "static"),
        "MEDIA_ROOT": str(folder / "media"),
        **({"CHROMIUM": chromium} if chromium else {}),
    }


def _build_assets(supervisor: Supervisor, environment: Mapping[str, str]) -> None:
    """Fonts and bundles are made once for a checkout, for runs and tests alike."""
    stamps = programs.Stamps(data_folder() / "stamps")
    sources = programs.static_sources()
    if not stamps.is_current("assets", sources) or not (DATA / "build").exists():
        with step("Fonts, styles and scripts"):
            supervisor.run([programs.manage("build_assets", environment, "--skip-checks")])
        stamps.set("assets", sources)
