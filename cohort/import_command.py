"""What the commands have in common that apply a table to a cohort."""

from abc import abstractmethod
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cohort.models import Cohort
from cohort.tables import UnreadableTable

Outlook = TypeVar("Outlook")


class ImportCommand(BaseCommand, Generic[Outlook]):
    """Reads a file, applies it or (with --dry-run) foresees what that would do, and reports."""

    most_bytes: int

    @abstractmethod
    def foresee(self, cohort: Cohort, content: bytes) -> Outlook:
        """What applying the table would do; changes nothing."""

    @abstractmethod
    def apply(self, cohort: Cohort, content: bytes) -> Outlook:
        """What was done."""

    @abstractmethod
    def report(self, outlook: Outlook, cohort: Cohort, *, dry_run: bool) -> None:
        """Tell it on the standard output."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a CSV file; its first line names the columns")
        parser.add_argument("--cohort", required=True, metavar="SLUG")
        parser.add_argument("--dry-run", action="store_true", help="change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        cohort = self._cohort(options["cohort"])
        content = self._content(Path(options["file"]))
        act = self.foresee if options["dry_run"] else self.apply
        try:
            outlook = act(cohort, content)
        except UnreadableTable as error:
            raise CommandError(f"{options['file']}: {error}") from error
        self.report(outlook, cohort, dry_run=options["dry_run"])

    def _cohort(self, slug: str) -> Cohort:
        cohort = Cohort.objects.filter(slug=slug).first()
        if cohort:
            return cohort
        there = ", ".join(Cohort.objects.values_list("slug", flat=True)) or "none yet"
        raise CommandError(
            f"There is no cohort “{slug}” (there are: {there}). Make one with:\n"
            f"  manage.py create_cohort {slug} --name “…” --starts YYYY-MM-DD --ends YYYY-MM-DD"
        )

    def _content(self, path: Path) -> bytes:
        try:
            with path.open("rb") as file:
                # One more, so that too large a file is told from one that just fits.
                return file.read(self.most_bytes + 1)
        except FileNotFoundError as error:
            raise CommandError(f"There is no file {path}.") from error
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
