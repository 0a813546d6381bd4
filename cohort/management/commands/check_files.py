"""Whether every row has its file and every file its row."""

from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cohort import file_checks

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
        found = file_checks.check()
        for path, row in sorted(found.missing.items()):
            self.stderr.write(f"Missing: {row} names {path}")
        for path in found.orphans:
            self.stdout.write(f"Without a row: {path}{self._delete(path, options)}")
        self.stdout.write(
            f"{len(found.kept)} files, {len(found.named)} rows with files: "
            f"{len(found.missing)} missing, {len(found.orphans)} without a row."
        )
        if found.missing:
            raise CommandError("Files are missing. Restore them from a backup.", returncode=2)

    def _delete(self, path: str, options: dict[str, Any]) -> str:
        if not options["delete_orphans"]:
            return ""
        if timezone.now() - default_storage.get_modified_time(path) < YOUNG:
            return " (younger than a day, kept)"
        default_storage.delete(path)
        return " (deleted)"
