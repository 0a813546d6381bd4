"""PostgreSQL and Redis: the ones the environment names, or our own, started side by side."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from launch.console import Trouble, say, step
from launch.ports import free_port
from launch.postgres import MAJOR, Postgres
from launch.redis import Redis
from launch.supervisor import Supervisor

ATTEMPTS = 3


def start(supervisor: Supervisor, folder: Path, forgetful: bool = False) -> dict[str, str]:
    """Start what is not given; return DATABASE_URL and REDIS_URL. Data live in `folder`."""
    urls = {key: os.environ[key] for key in ("DATABASE_URL", "REDIS_URL") if os.environ.get(key)}
    for key, url in urls.items():
        say(f"  · {key} is set: using {without_password(url)}")
    if "REDIS_URL" not in urls:
        with step("Redis"):
            urls["REDIS_URL"] = _start_redis(supervisor, folder / "redis", forgetful)
    if "DATABASE_URL" not in urls:
        with step(f"PostgreSQL {MAJOR}"):
            urls["DATABASE_URL"] = _start_postgres(supervisor, folder / "postgres", forgetful)
    return urls


def without_password(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"


def _start_postgres(supervisor: Supervisor, folder: Path, forgetful: bool) -> str:
    password_file = folder.with_name("postgres-password")
    for attempt in range(1, ATTEMPTS + 1):
        postgres = Postgres(folder, password_file, free_port(), forgetful)
        postgres.prepare()
        try:
            # After a crash it first reads again what it had written ahead.
            supervisor.wait_until_ready(
                supervisor.start(postgres.program(), quiet=True), seconds=300
            )
        except Trouble as trouble:
            if attempt == ATTEMPTS or not _was_port_taken(trouble):
                raise
        else:
            postgres.create_database()
            break
    return postgres.url


def _start_redis(supervisor: Supervisor, folder: Path, forgetful: bool) -> str:
    for attempt in range(1, ATTEMPTS + 1):
        redis = Redis(folder, free_port(), forgetful)
        redis.prepare()
        try:
            supervisor.wait_until_ready(supervisor.start(redis.program(), quiet=True))
        except Trouble as trouble:
            if attempt == ATTEMPTS or not (_was_port_taken(trouble) or _is_unreadable(trouble)):
                raise
            if _is_unreadable(trouble):
                redis.set_aside()
        else:
            break
    return redis.url


def _was_port_taken(trouble: Trouble) -> bool:
    """Between our asking for a free port and the server's using it, another may take it."""
    return "Address already in use" in str(trouble)


def _is_unreadable(trouble: Trouble) -> bool:
    """Whether Redis stumbled over its own files."""
    words = ("Bad file format", "Unrecoverable error", "Can't handle RDB", "Wrong signature")
    return any(word in str(trouble) for word in words)
