"""A small disk of its own for the outbox, which is filled to the last byte while mail goes out.

A real one: a file system in memory, mounted for the trial, with PostgreSQL's table of deliveries
and its indexes on it as a tablespace. What fails then fails with the kernel's own ENOSPC. To mount
one takes root.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from benchmarks.world import postmaster
from notifications.models import Delivery
from notifications.persistence import persistently

MEGABYTES = 96
SPACE = "faults_small_disk"
TABLE = Delivery._meta.db_table


def can_mount() -> bool:
    return os.geteuid() == 0


class Disk:
    def __init__(self, folder: Path) -> None:
        self.filler = folder / "filler"

    def fill(self) -> None:
        """Leave no page free: by the megabyte first, to the last block then."""
        with self.filler.open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                try:
                    while file.write(bytes(size)) == size:
                        pass
                except OSError:
                    pass

    def free(self) -> None:
        self.filler.unlink()


@contextmanager
def outbox_on_small_disk() -> Iterator[Disk]:
    """Move the outbox to a disk of its own, and back."""
    with tempfile.TemporaryDirectory(prefix="faults-disk-") as name, _mounted(Path(name)) as folder:
        _run(f"CREATE TABLESPACE {SPACE} LOCATION '{folder}'")
        try:
            _move_to(SPACE)
            # Without gaps that writes could go to still.
            _run(f"VACUUM FULL {TABLE}")
            yield Disk(folder)
        finally:
            _move_to("pg_default")
            _run(f"DROP TABLESPACE {SPACE}")


@contextmanager
def _mounted(folder: Path) -> Iterator[Path]:
    owner = postmaster().uids().real
    options = f"size={MEGABYTES}m,mode=0700,uid={owner}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@persistently
def _move_to(space: str) -> None:
    """Waits for those who are writing, and they for it."""
    _run(f"ALTER TABLE {TABLE} SET TABLESPACE {space}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = %s", [TABLE])
        names = [row[0] for row in cursor.fetchall()]
    for name in names:
        _run(f'ALTER INDEX "{name}" SET TABLESPACE {space}')


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
