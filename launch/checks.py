"""`make check`: everything that can be said about the code without running it for long."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from launch import ROOT
from launch.console import say
from launch.secrets import token

# Read beside the settings that a real site is given; see `production()`.
EXAMPLE = ROOT / "deploy" / "env.example"
NOWHERE = {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}
AUDIT_PATIENCE = 180  # seconds


@dataclass(frozen=True)
class Check:
    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)


def main() -> int:
    """Run all checks on their own, against no database; the exit status."""
    return 1 if run() else 0


def run() -> list[str]:
    """Run every check to its end; return the names of those that failed."""
    say("Checks")
    failed = [check.name for check in _all() if not _passes(check)]
    if not audit():
        failed.append("pip-audit")
    if failed:
        say(f"\n  Failed: {', '.join(failed)}\n")
    return failed


def format_all() -> int:
    """Format what the checks look at."""
    ruff = [sys.executable, "-m", "ruff"]
    commands = [[*ruff, "check", "--fix", "--quiet", "."], [*ruff, "format", "--quiet", "."]]
    commands.append([_script("djade"), "--target-version", "5.2", *_templates()])
    for command in commands:
        subprocess.run(command, cwd=ROOT)
    return 0


def _templates() -> list[str]:
    return [str(path) for path in sorted(ROOT.glob("templates/**/*.html"))]


def _all() -> list[Check]:
    python = sys.executable
    return [
        Check("ruff", [python, "-m", "ruff", "check", "--quiet", "."]),
        Check("ruff format", [python, "-m", "ruff", "format", "--check", "--quiet", "."]),
        Check("djade", [_script("djade"), "--check", "--target-version", "5.2", *_templates()]),
        Check("djlint", [python, "-m", "djlint", "--lint", "--quiet", "templates"]),
        Check("import contracts", [_script("lint-imports"), "--no-cache"]),
        Check("mypy", [python, "-m", "mypy", "--no-error-summary"], harmless()),
        Check(
            "migrations",
            [python, "manage.py", "makemigrations", "--check", "--dry-run"],
            harmless(),
        ),
        Check(
            "production settings",
            [python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
            production(),
        ),
    ]


def _passes(check: Check) -> bool:
    began = time.monotonic()
    done = subprocess.run(
        check.argv, env={**os.environ, **check.env}, cwd=ROOT, capture_output=True, text=True
    )
    passed = done.returncode == 0
    say(f"  {'✓' if passed else '✗'} {check.name:<40} {time.monotonic() - began:6.1f} s")
    if not passed:
        say(_indented(done.stdout + done.stderr))
    return passed


def harmless() -> dict[str, str]:
    """Settings for commands that read the models and never the database."""
    return {**NOWHERE, "SECRET_KEY": token(), "DEMO": "1", "DEBUG": "0"}


def production() -> dict[str, str]:
    """The settings shipped for a real site, with secrets filled in as its operator would."""
    lines = (line.strip() for line in EXAMPLE.read_text().splitlines())
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    shipped = {key: value.replace("CHANGE-ME", token()) for key, value in pairs}
    return {**NOWHERE, "DEMO": "0", "DEBUG": "0", **shipped}


def audit() -> bool:
    """Look the locked libraries up among known vulnerabilities; True unless one is found.

    Where the service cannot be asked, or knows none of them, that is said and nothing fails.
    """
    began = time.monotonic()
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes"]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    command += ["-r", str(Path("requirements") / "dev.txt")]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=AUDIT_PATIENCE
        )
        libraries = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        libraries = []
    asked = [library for library in libraries if "vulns" in library]
    found = [library for library in asked if library["vulns"]]
    if not asked:
        say("  · pip-audit skipped: the vulnerability service could not be asked from here")
    else:
        sign, seconds = "✗" if found else "✓", time.monotonic() - began
        say(f"  {sign} {f'pip-audit ({len(asked)} libraries)':<40} {seconds:6.1f} s")
    for library in found:
        names = ", ".join(
            f"{v['id']} (fixed in {', '.join(v['fix_versions']) or 'no version yet'})"
            for v in library["vulns"]
        )
        say(f"    {library['name']} {library['version']}: {names}")
    return not found


def _script(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.strip().splitlines())
