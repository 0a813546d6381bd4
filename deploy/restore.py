"""Restore a backup into an empty database and an empty folder of files.

    python -m deploy.restore BACKUP             refuses when there is something already
    python -m deploy.restore BACKUP --replace   puts the backup in place of what is there

Stop web, live, worker and beat first. It checks the backup, restores the rows and compares each
table with what was dumped, unpacks the files, migrates to this version of Cohort, and settles the
mail that was due then, so that nobody is mailed twice. Until all of that is done the database is
read-only: a worker started too early can send nothing.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from deploy import archive
from deploy.archive import Failure, say

ROOT = Path(__file__).resolve().parent.parent

ASIDE = "before-restore-"
MAY_WRITE = {"PGOPTIONS": "-c default_transaction_read_only=off"}
OTHERS = """
select count(*) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("backup", type=Path)
    parser.add_argument("--replace", action="store_true")
    options = parser.parse_args()
    try:
        restore(options.backup, replace=options.replace)
    except Failure as failure:
        return archive.fail(failure)
    return 0


def restore(backup: Path, *, replace: bool = False) -> None:
    began = time.monotonic()
    os.environ.update(MAY_WRITE)
    archive.check_sums(backup)
    say(f"{backup}: complete and undamaged")
    with _connect() as connection:
        refuse_company(connection)
        media = make_room(connection, replace=replace)
        set_read_only(connection, True)
    archive.run_client(
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={psycopg.conninfo.conninfo_to_dict(archive.database_url())['dbname']}",
        str(backup / archive.DUMP),
    )
    with _connect() as connection:
        compare_rows(connection, backup)
    unpack_media(backup, media)
    manage("migrate", "--no-input")
    manage("after_restore")
    with _connect() as connection:
        connection.execute("analyze")
        set_read_only(connection, False)
    say(f"Restored in {time.monotonic() - began:.0f} s. Cohort can be started.")


def refuse_company(connection: psycopg.Connection[Any]) -> None:
    """Nobody else may be at work in the database. Those who just leave get a moment."""
    for _ in range(20):
        (others,) = connection.execute(OTHERS).fetchone() or (0,)
        if not others:
            return
        time.sleep(0.25)
    raise Failure(f"{others} other connections use this database: stop Cohort first.")


def make_room(connection: psycopg.Connection[Any], *, replace: bool) -> Path | None:
    """Refuse what is there already or, told to replace it, clear it away; return where files go."""
    tables = connection.execute(archive.TABLES).fetchall()
    media = archive.media_root()
    present = media.iterdir() if media and media.exists() else ()
    files = [path for path in present if not path.name.startswith(ASIDE)]
    if (tables or files) and not replace:
        where = f"The database has {len(tables)} tables" if tables else f"{media} has files"
        raise Failure(f"{where} already. Restore into an empty place, or add --replace.")
    if tables:
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")
        say("The old rows are removed.")
    if files and media:
        aside = media / f"{ASIDE}{datetime.now(UTC):%Y%m%d-%H%M%S}"
        aside.mkdir(mode=0o700)
        for path in files:
            path.rename(aside / path.name)
        say(f"The old files are kept in {aside}")
    return media


def set_read_only(connection: psycopg.Connection[Any], on: bool) -> None:
    """Make the database read-only for every new connection that does not ask otherwise."""
    change = (
        "set default_transaction_read_only = on" if on else "reset default_transaction_read_only"
    )
    name = sql.Identifier(connection.info.dbname)
    connection.execute(sql.SQL("alter database {} " + change).format(name))


def compare_rows(connection: psycopg.Connection[Any], backup: Path) -> None:
    wanted = json.loads((backup / archive.ROWS).read_text())
    found = archive.row_sums(connection)
    different = sorted(t for t in wanted.keys() | found.keys() if wanted.get(t) != found.get(t))
    if different:
        raise Failure(f"These tables are not as they were: {', '.join(different)}")
    say(f"{sum(count for count, _ in found.values())} rows in {len(found)} tables are as they were")


def unpack_media(backup: Path, media: Path | None) -> None:
    packed = backup / archive.MEDIA
    if media is None or not packed.exists():
        say("Uploaded files are in a bucket: restore them there if need be.")
        return
    media.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tarfile.open(packed) as tar:
        count = sum(unpack(tar, member, media) for member in tar)
    say(f"{count} files are in {media}")


def unpack(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> bool:
    """Write one file below a folder, as whoever restores; True for a file, False for a folder."""
    target = (folder / member.name).resolve()
    if not target.is_relative_to(folder.resolve()) or not (member.isfile() or member.isdir()):
        raise Failure(f"{member.name} does not belong among uploaded files. Is this our backup?")
    packed = tar.extractfile(member)
    if packed is None:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        return False
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with packed, target.open("wb") as file:
        shutil.copyfileobj(packed, file)
    return True


def manage(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT)
    if done.returncode != 0:
        raise Failure(
            f"manage.py {' '.join(arguments)} failed. The database is restored but read-only; "
            "when the cause is removed, restore again with --replace."
        )


def _connect() -> psycopg.Connection[Any]:
    try:
        return psycopg.connect(archive.database_url(), autocommit=True)
    except psycopg.Error as error:
        raise Failure(f"The database does not let us in: {error}") from error


if __name__ == "__main__":
    sys.exit(main())
