"""Back up the database and the uploaded files.

    python -m deploy.backup                           now, once
    python -m deploy.backup --every-night             at BACKUP_AT (UTC, 02:30), for ever
    python -m deploy.backup --newest-within-hours 26  succeed if there is a backup that young

It reads DATABASE_URL, MEDIA_ROOT, BACKUP_DIR, BACKUP_KEEP_DAYS (30) and BACKUP_HOOK, a command that
is given each new backup's folder, to carry it to another place. Cohort may run meanwhile.
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tarfile
import time
from datetime import UTC, datetime, timedelta
from datetime import time as dt_time
from pathlib import Path

import psycopg

from deploy import archive
from deploy.archive import Failure, say


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--every-night", action="store_true")
    parser.add_argument("--newest-within-hours", type=float, metavar="HOURS")
    options = parser.parse_args()
    try:
        if options.newest_within_hours:
            return check_newest(timedelta(hours=options.newest_within_hours))
        if options.every_night:
            every_night()
        back_up()
    except Failure as failure:
        return archive.fail(failure)
    return 0


def back_up() -> Path:
    """Make one backup, drop those that are too old, and return the new one's folder."""
    os.umask(0o077)
    now = datetime.now(UTC)
    folder = archive.backup_dir() / f"{archive.PREFIX}{now:%Y%m%d-%H%M%S}"
    draft = folder.with_suffix(".part")
    try:
        draft.mkdir(parents=True)
        # The files come second: one that a row names is there before its row.
        rows = dump_database(draft)
        files = pack_media(draft)
        archive.write_sums(draft)
        draft.rename(folder)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise Failure(f"The backup could not be written: {error}") from error
    except Failure:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    say(f"{folder}: {rows} rows, {files} files, {size:.1f} MB")
    drop_old(now)
    run_hook(folder)
    return folder


def dump_database(folder: Path) -> int:
    """Dump the database, and sum up its rows in the very snapshot that is dumped."""
    try:
        with psycopg.connect(archive.database_url()) as connection:
            connection.execute("set transaction isolation level repeatable read, read only")
            (snapshot,) = connection.execute("select pg_export_snapshot()").fetchone() or ("",)
            archive.run_client(
                "pg_dump",
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--snapshot={snapshot}",
                f"--file={folder / archive.DUMP}",
            )
            sums = archive.row_sums(connection)
    except psycopg.Error as error:
        raise Failure(f"The database could not be read: {error}") from error
    (folder / archive.ROWS).write_text(json.dumps(sums, indent=1))
    return sum(count for count, _ in sums.values())


def pack_media(folder: Path) -> int:
    """Pack the uploaded files; one that is deleted meanwhile is passed over."""
    root = archive.media_root()
    if root is None:
        say("Uploaded files are in a bucket: its versioning is their backup.")
        return 0
    count = 0
    with tarfile.open(folder / archive.MEDIA, "w") as tar:
        for path in sorted(root.rglob("*")) if root.exists() else []:
            try:
                tar.add(path, str(path.relative_to(root)), recursive=False)
            except FileNotFoundError:
                continue
            count += path.is_file()
    return count


def drop_old(now: datetime) -> None:
    """Drop what is older than BACKUP_KEEP_DAYS, never the newest, and drafts of killed runs."""
    keep = timedelta(days=int(os.environ.get("BACKUP_KEEP_DAYS") or 30))
    for backup in archive.complete_backups(archive.backup_dir())[:-1]:
        if now - archive.taken_at(backup) > keep:
            shutil.rmtree(backup)
            say(f"{backup}: dropped, older than {keep.days} days")
    for draft in archive.backup_dir().glob(f"{archive.PREFIX}*.part"):
        if now.timestamp() - draft.stat().st_mtime > 24 * 3600:
            shutil.rmtree(draft, ignore_errors=True)


def run_hook(folder: Path) -> None:
    hook = os.environ.get("BACKUP_HOOK")
    if hook and subprocess.run([*shlex.split(hook), str(folder)]).returncode != 0:
        raise Failure(f"{folder} was made, but BACKUP_HOOK failed: {hook}")


def every_night() -> None:
    """Back up at BACKUP_AT for ever; a night that fails is told and the next one is tried."""
    at = dt_time.fromisoformat(os.environ.get("BACKUP_AT") or "02:30")
    while True:
        now = datetime.now(UTC)
        due = datetime.combine(now, at, UTC)
        due += timedelta(days=1) if due <= now else timedelta()
        say(f"Next backup at {due:%Y-%m-%d %H:%M} UTC")
        time.sleep((due - now).total_seconds())
        try:
            back_up()
        except Failure as failure:
            archive.fail(failure)


def check_newest(age: timedelta) -> int:
    backups = archive.complete_backups(archive.backup_dir())
    is_young = bool(backups) and datetime.now(UTC) - archive.taken_at(backups[-1]) <= age
    say(f"Newest: {backups[-1].name if backups else 'none'}")
    return 0 if is_young else 1


if __name__ == "__main__":
    sys.exit(main())
