"""Whether every row has its file and every file its row."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import models
from django.utils import timezone

# A younger file may belong to a row whose transaction is still open.
YOUNG = timedelta(days=1)


class Command(BaseCommand):
    help = "Report files without a row and rows without their file; fail if a file is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--delete-orphans",
            action="store_true",
            help="Delete files without a row that are older than a day.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # Files first, rows after: a file that arrives meanwhile is then never taken for an orphan.
        kept = set(stored_files())
        named = dict(named_files())
        missing = {path: row for path, row in named.items() if is_missing(path, kept)}
        orphans = sorted(kept - named.keys())

        for path, row in sorted(missing.items()):
            self.stderr.write(f"Missing: {row} names {path}")
        for path in orphans:
            self.stdout.write(f"Without a row: {path}{self._delete(path, options)}")
        self.stdout.write(
            f"{len(kept)} files, {len(named)} rows with files: "
            f"{len(missing)} missing, {len(orphans)} without a row."
        )
        if missing:
            raise CommandError("Files are missing. Restore them from a backup.", returncode=2)

    def _delete(self, path: str, options: dict[str, Any]) -> str:
        if not options["delete_orphans"]:
            return ""
        if timezone.now() - default_storage.get_modified_time(path) < YOUNG:
            return " (younger than a day, kept)"
        default_storage.delete(path)
        return " (deleted)"


def stored_files(folder: str = "") -> Iterator[str]:
    """The path of every file in the store."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield f"{folder}/{name}" if folder else name
    for name in folders:
        yield from stored_files(f"{folder}/{name}" if folder else name)


def named_files() -> Iterator[tuple[str, str]]:
    """The path of every file that a row of any app names, and which row that is."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField) and field.storage == default_storage:
                rows = model._base_manager.exclude(**{field.name: ""}).exclude(
                    **{f"{field.name}__isnull": True}
                )
                for pk, path in rows.values_list("pk", field.name).iterator():
                    yield path, f"{model._meta.label} {pk}"


def is_missing(path: str, kept: set[str]) -> bool:
    """Asks again about what the listing lacks: it may have arrived after the listing was made."""
    return path not in kept and not default_storage.exists(path)
