"""Commands that want PostgreSQL and Redis: servers of their own, or the data of `make run`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from launch import DATA, ROOT, run, services
from launch.console import Trouble, say
from launch.instance import already_running, data_folder, lasting, passing
from launch.ports import HERE, free_port
from launch.supervisor import Supervisor

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# What `make reset` throws away: all that the demo's people did.
KEPT_DATA = ("postgres", "postgres-password", "redis", "media", "stamps", "sign-ins.txt", "mail")


def execute(command: Sequence[str], durable: bool = False) -> int:
    """Run a command with servers of its own, whose data are thrown away afterwards."""
    if not command:
        raise Trouble("exec wants a command:  python -m launch exec -- python manage.py shell")
    with passing() as (supervisor, folder):
        environment = environment_for(supervisor, folder, forgetful=not durable)
        return supervisor.run_in_front(command, environment)


def on_data(command: Sequence[str]) -> int:
    """Run a command on what `make run` serves, or would serve if it ran."""
    if not command:
        raise Trouble("on-data wants a command:  python -m launch on-data python manage.py shell")
    folder = data_folder()
    if already_running(folder / "run"):
        environment = run.noted_environment(folder / "run")
        os.execvpe(command[0], list(command), with_scripts(environment))
    with lasting("run") as supervisor:
        environment = run.base_environment("http://127.0.0.1:8000", folder)
        environment |= services.start(supervisor, folder)
        return supervisor.run_in_front(command, with_scripts(environment))


def environment_for(supervisor: Supervisor, folder: Path, forgetful: bool = True) -> dict[str, str]:
    """Settings for tests and other passing work, with the servers they need started."""
    urls = services.start(supervisor, folder, forgetful)
    port, chromium = str(free_port()), find_chromium()
    return with_scripts(
        {
            **run.base_environment(f"http://{HERE}:{port}", folder),
            **urls,
            "PORT": port,
            "DEBUG": "1",  # static files from where they are, without a round of collecting
            "BUILD_DIR": str(DATA / "build"),
            "STATIC_ROOT": str(folder / "static"),
            "MEDIA_ROOT": str(folder / "media"),
            **({"CHROMIUM": chromium} if chromium else {}),
        }
    )


def with_scripts(environment: Mapping[str, str]) -> dict[str, str]:
    """`python` and the tools of `.venv` come first for the commands we run."""
    scripts = str(Path(sys.executable).parent)
    path = f"{scripts}{os.pathsep}{environment.get('PATH', '')}"
    return {**environment, "PATH": path, "VIRTUAL_ENV": str(ROOT / ".venv")}


def find_chromium() -> str | None:
    given = os.environ.get("CHROMIUM")
    return given or next(filter(None, map(shutil.which, BROWSERS)), None)


def reset() -> int:
    """Throw away the demo's data; the next `make run` makes them anew."""
    folder = data_folder()
    running = already_running(folder / "run")
    if running:
        raise Trouble(running)
    with lasting("run"):
        for name in KEPT_DATA:
            path = folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    say("The demo's data are gone. `make run` makes them anew.")
    return 0


def lock() -> int:
    """Resolve requirements/*.in to locks with hashes that hold for Python 3.11 and later."""
    compile_ = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal"]
    compile_ += ["--python-version", "3.11", "--generate-hashes", "--no-header"]
    compile_ += ["--no-emit-index-url", "--no-emit-find-links"]
    for targets in (
        ("dev.txt", "dev.in"),
        ("run.txt", "-c", "dev.txt", "run.in"),
        ("build.txt", "build.in"),
    ):
        done = subprocess.run([*compile_, "-o", *targets], cwd=ROOT / "requirements")
        if done.returncode != 0:
            raise Trouble("The locks could not be made.")
    say("Locked. Look at the difference, then: make test")
    return 0
