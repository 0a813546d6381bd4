from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cohort.models import Cohort
from sessions.plans import MAX_BYTES, UnreadablePlan
from sessions.services import plan_import
from sessions.services.plan_import import Line, Outlook, Verdict


class Command(BaseCommand):
    help = "Plan a year of sessions from a CSV file; with --dry-run only say what would happen."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a CSV file with a line per session")
        parser.add_argument("--cohort", required=True, metavar="SLUG")
        parser.add_argument("--dry-run", action="store_true", help="change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        cohort = self._cohort(options["cohort"])
        content = self._content(Path(options["file"]))
        try:
            if options["dry_run"]:
                outlook = plan_import.foresee(cohort, plan_import.read(cohort, content))
            else:
                outlook = plan_import.apply(cohort, content)
        except UnreadablePlan as error:
            raise CommandError(f"{options['file']}: {error}") from error
        self._report(outlook, cohort, dry_run=options["dry_run"])

    def _cohort(self, slug: str) -> Cohort:
        cohort = Cohort.objects.filter(slug=slug).first()
        if cohort:
            return cohort
        there = ", ".join(Cohort.objects.values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"There is no cohort “{slug}” (there are: {there}).")

    def _content(self, path: Path) -> bytes:
        try:
            with path.open("rb") as file:
                return file.read(MAX_BYTES + 1)
        except FileNotFoundError as error:
            raise CommandError(f"There is no file {path}.") from error
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error

    def _report(self, outlook: Outlook, cohort: Cohort, *, dry_run: bool) -> None:
        self.stdout.write(f"{'line':>4}  {'what':<8} {'when':<16}  title")
        for line in outlook.lines:
            self.stdout.write(_words(line))
        counts = ", ".join(
            f"{len(outlook.having(verdict))} {verdict.label.lower()}" for verdict in Verdict
        )
        ending = " Nothing was changed (--dry-run)." if dry_run else ""
        self.stdout.write(f"\n{cohort}: {counts}.{ending}")


def _words(line: Line) -> str:
    row = line.row
    day = row.local_date.isoformat() if row.local_date else "—"
    start = f"{row.local_time:%H:%M}" if row.local_time else "—"
    text = f"{row.line:>4}  {line.verdict.label.lower():<8} {day} {start:<5}  {row.title or '—'}"
    return "\n".join([text, *(f"{'':>15}{reason}" for reason in line.reasons)])
