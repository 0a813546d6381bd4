"""Cohort's own programs, as commands to start. Django itself is met only inside them."""

import hashlib
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path

from launch import ROOT
from launch.ports import HERE
from launch.supervisor import Program

WEB_PATIENCE = 60  # seconds


def manage(command: str, environment: Mapping[str, str], *options: str) -> Program:
    return Program(
        name=command.replace("_", "-"),
        argv=[sys.executable, "manage.py", command, *options],
        env=environment,
        popen={"cwd": ROOT},
    )


def web(environment: Mapping[str, str], port: int) -> Program:
    """Pages and sockets in one process. No access log: addresses may carry tokens."""
    return Program(
        name="web",
        argv=[
            *(sys.executable, "-m", "uvicorn", "config.asgi:application"),
            *("--host", HERE, "--port", str(port), "--lifespan", "off", "--no-access-log"),
            # Nothing stands in front: what a request says of its address is not believed.
            "--no-proxy-headers",
            *("--timeout-graceful-shutdown", "3"),
            # One frame goes to every socket of a room as it is: compressing it would cost each.
            *("--ws-per-message-deflate", "false", "--ws-max-size", "524288"),
            *("--ws-ping-interval", "20", "--ws-ping-timeout", "30"),
        ],
        env=environment,
        grace=6,
        popen={"cwd": ROOT},
        is_ready=lambda pid: answers(port),
    )


def worker(environment: Mapping[str, str], concurrency: int = 2) -> Program:
    return Program(
        name="worker",
        argv=[
            *(sys.executable, "-m", "celery", "-A", "config", "worker"),
            *("--concurrency", str(concurrency), "--loglevel", "INFO"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ],
        # Celery warns root on every start; this machine's demo has no other account.
        env={**environment, "PYTHONWARNINGS": "ignore:You're running the worker"},
        grace=15,
        popen={"cwd": ROOT},
    )


def beat(environment: Mapping[str, str], folder: Path) -> Program:
    return Program(
        name="beat",
        argv=[
            *(sys.executable, "-m", "celery", "-A", "config", "beat", "--loglevel", "INFO"),
            *("--schedule", str(folder / "beat-schedule"), "--pidfile", ""),
        ],
        env=environment,
        popen={"cwd": ROOT},
    )


def answers(port: int) -> bool:
    """Whether a page comes back; an error page of the application does not count."""
    try:
        with urllib.request.urlopen(f"http://{HERE}:{port}/livez", timeout=2) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


class Stamps:
    """Notes of what was done with which files, to do it again only when one has changed."""

    def __init__(self, folder: Path):
        self.folder = folder

    def is_current(self, name: str, fingerprint: str) -> bool:
        path = self.folder / name
        return path.exists() and path.read_text() == fingerprint

    def set(self, name: str, fingerprint: str) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        (self.folder / name).write_text(fingerprint)


def fingerprint(*paths: Path) -> str:
    """Changes when a file below these paths appears, goes, or is written."""
    digest = hashlib.sha256()
    for path in sorted(_files(paths)):
        status = path.stat()
        digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def static_sources() -> str:
    """Changes when the fonts, styles and scripts that pages load have to be made again."""
    recipes = (
        ROOT / "cohort" / "assets.py",
        ROOT / "cohort" / "browser_packages.py",
        ROOT / "cohort" / "management",
    )
    return fingerprint(ROOT / "static", ROOT / "requirements", *recipes)


def data_sources() -> str:
    """Changes when there is something new to migrate, or another demo cohort to load."""
    migrations = sorted(ROOT.glob("*/migrations"))
    return fingerprint(ROOT / "demo", ROOT / "requirements" / "run.txt", *migrations)


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        found = path.rglob("*") if path.is_dir() else [path]
        yield from (file for file in found if file.is_file() and file.suffix != ".pyc")
