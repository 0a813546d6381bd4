"""`make run`: everything Cohort needs on one machine, as one group, with the demo cohort in it."""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path

from launch import DATA, postgres, programs, services
from launch.console import Trouble, say, step
from launch.instance import ENVIRONMENT, already_running, clear, lasting, note_address
from launch.ports import HERE, holder, is_taken, next_free
from launch.programs import Stamps, manage
from launch.secrets import curve_key, kept_secret, write_secret
from launch.supervisor import Stopped, Supervisor

PORT_TAKEN = """\
Port {port} is in use{by}, so Cohort cannot be served there.
  Stop that program, or give Cohort another port:  make run PORT={other}"""


def look_before() -> None:
    """Raise Trouble, before anything is started or installed, when a start cannot succeed."""
    running = already_running(DATA / "run")
    if running:
        raise Trouble(running)
    clear(DATA / "run")
    if is_taken(port()):
        by = holder(port())
        raise Trouble(
            PORT_TAKEN.format(
                port=port(), by=f" by {by}" if by else "", other=next_free(after=port())
            )
        )


def port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not (text.isdigit() and 0 < int(text) < 65536):
        raise Trouble(f"PORT is a number from 1 to 65535, not “{text}”.")
    return int(text)


def main() -> int:
    look_before()
    began = time.monotonic()
    address = f"http://{HERE}:{port()}"
    with lasting("run") as supervisor:
        note_address(DATA / "run", address)
        try:
            say("Cohort is starting.")
            environment = base_environment(address, DATA) | services.start(supervisor, DATA)
            note_environment(DATA / "run", environment)
            prepare(supervisor, environment, DATA)
            told = serve(supervisor, environment, DATA, port())
            say(f"\n  Cohort is at  {address}   ({time.monotonic() - began:.0f} s)\n")
            say(told)
            # WebAuthn wants a name; browsers refuse passkeys for a bare address.
            say(f"  To try passkeys, use http://localhost:{port()} instead.")
            say("  Ctrl-C stops everything; what you did stays in .data\n")
            supervisor.watch()
        except Stopped:
            say("\nStopping.")
    say("Stopped. Nothing is left running.")
    return 0


def base_environment(address: str, folder: Path) -> dict[str, str]:
    """The demo's settings. What the environment says already, it keeps, but for its own address."""
    defaults = {
        "DEMO": "1",
        "DEBUG": "0",
        "SECRET_KEY": kept_secret(folder / "secret_key"),
        "VAPID_PRIVATE_KEY": kept_secret(folder / "push_key", curve_key),
        "MEDIA_ROOT": str(folder / "media"),
    }
    own = {
        "BASE_URL": address,
        "ALLOWED_HOSTS": f"{HERE},localhost",
        "PYTHONUNBUFFERED": "1",
        # What Python compiles is kept, beside everything else that is made here: many processes
        # start, and compiling Django and the rest takes each of them seconds.
        "PYTHONPYCACHEPREFIX": str(DATA / "bytecode"),
    }
    foreign = (
        *("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "LAUNCH_PARENT"),
        *("DJANGO_SETTINGS_MODULE", "PYTHONDONTWRITEBYTECODE"),
    )
    inherited = {key: value for key, value in os.environ.items() if key not in foreign}
    (folder / "media").mkdir(mode=0o700, exist_ok=True)
    return defaults | inherited | own


def note_environment(run_dir: Path, environment: Mapping[str, str]) -> None:
    """Leave the settings for commands that work on the same data, while this runs."""
    note = run_dir / ENVIRONMENT
    note.unlink(missing_ok=True)
    write_secret(note, json.dumps(dict(environment)))


def noted_environment(run_dir: Path) -> dict[str, str]:
    try:
        return dict(json.loads((run_dir / ENVIRONMENT).read_text()))
    except OSError as error:
        raise Trouble("Cohort is still starting. Try again in a moment.") from error


def prepare(supervisor: Supervisor, environment: Mapping[str, str], folder: Path) -> None:
    """Bring the database and the demo cohort, and beside them the static files, up to date.

    Once a day the demo is asked to move on, so that its next session is never long past.
    """
    stamps = Stamps(folder / "stamps")
    lanes = {}
    if not stamps.is_current("database", database_state(environment)):
        lanes["database"] = [manage("migrate", environment, "--no-input", "--skip-checks")]
        if is_demo(environment):
            demo = manage("load_demo", environment)
            lanes = {"database and demo cohort": [*lanes["database"], demo]}
    elif is_demo(environment) and not stamps.is_current("day", today()):
        lanes["demo cohort"] = [manage("load_demo", environment, "--skip-checks")]
    if not (
        stamps.is_current("static", programs.static_sources()) and (folder / "static").exists()
    ):
        lanes["static files"] = [
            manage("build_assets", environment, "--skip-checks"),
            manage("collectstatic", environment, "--no-input", "--clear", "--skip-checks"),
        ]
    if lanes:
        with step(", ".join(lanes).capitalize()):
            supervisor.run(*lanes.values())
        stamps.set("database", database_state(environment))
        stamps.set("day", today())
        stamps.set("static", programs.static_sources())


def today() -> str:
    return time.strftime("%Y-%m-%d")


def is_demo(environment: Mapping[str, str]) -> bool:
    return environment["DEMO"].lower() in ("1", "true", "yes", "on")


def database_state(environment: Mapping[str, str]) -> str:
    """Changes with the database, what was migrated in it, and what there is to migrate or load."""
    return postgres.state(environment["DATABASE_URL"]) + programs.data_sources()


def serve(
    supervisor: Supervisor, environment: Mapping[str, str], folder: Path, at_port: int
) -> str:
    """Start web, then worker and beat, and return who can sign in to the demo.

    Worker and beat come last: they would share the cores with web while it starts.
    """
    with step("Web"):
        web = supervisor.start(programs.web(environment, at_port), quiet=True)
        told = sign_ins(supervisor, environment, folder) if is_demo(environment) else ""
        supervisor.wait_until_ready(web, seconds=programs.WEB_PATIENCE)
    supervisor.start(programs.worker(environment))
    supervisor.start(programs.beat(environment, folder))
    say("  ✓ Worker and beat")
    return told


def sign_ins(supervisor: Supervisor, environment: Mapping[str, str], folder: Path) -> str:
    """Who can sign in to the demo, as its command tells; remembered while nothing has changed."""
    kept = folder / "sign-ins.txt"
    stamps, state = Stamps(folder / "stamps"), environment["BASE_URL"] + database_state(environment)
    if not (stamps.is_current("sign-ins", state) and kept.exists()):
        kept.write_text(supervisor.output_of(manage("demo_sign_ins", environment, "--skip-checks")))
        stamps.set("sign-ins", state)
    return kept.read_text()
