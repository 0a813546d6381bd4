from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cohort.models import Cohort, Role
from cohort.rosters import MAX_BYTES, UnreadableRoster, parse
from cohort.services import roster
from cohort.services.roster import Line, Outlook


class Command(BaseCommand):
    help = "Invite the people of a roster (CSV); with --dry-run only say what would happen."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a CSV file with a line per person")
        parser.add_argument("--cohort", required=True, metavar="SLUG")
        parser.add_argument("--dry-run", action="store_true", help="change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        cohort = self._cohort(options["cohort"])
        content = self._content(Path(options["file"]))
        try:
            if options["dry_run"]:
                outlook = roster.foresee(cohort, parse(content))
            else:
                outlook = roster.apply(cohort=cohort, content=content, by=None)
        except UnreadableRoster as error:
            raise CommandError(f"{options['file']}: {error}") from error
        self._report(outlook, cohort, dry_run=options["dry_run"])

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
                return file.read(MAX_BYTES + 1)
        except FileNotFoundError as error:
            raise CommandError(f"There is no file {path}.") from error
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error

    def _report(self, outlook: Outlook, cohort: Cohort, *, dry_run: bool) -> None:
        widest = max(len(line.row.email) for line in outlook.lines)
        widest = min(max(widest, len("address")), 60)
        self.stdout.write(f"{'line':>4}  {'what':<8} {'address':<{widest}}  who")
        for line in outlook.lines:
            self.stdout.write(self._line(line, widest))
        new, known, refused = len(outlook.new), len(outlook.known), len(outlook.refused)
        counts = f"{new} new, {known} known, {refused} refused"
        made = f"{len(outlook.new_teams)} teams and {len(outlook.new_organizations)} organizations"
        if dry_run:
            self.stdout.write(
                f"\n{cohort}: {counts}. Would make {made}. Nothing was changed (--dry-run)."
            )
        else:
            self.stdout.write(f"\n{cohort}: {counts}. Invited {new}; made {made}.")

    def _line(self, line: Line, widest: int) -> str:
        row = line.row
        where = row.team or row.organization or "—"
        role = "" if row.role == Role.MEMBER else f", {Role(row.role).label.lower()}"
        address = row.email if len(row.email) <= widest else row.email[: widest - 1] + "…"
        text = (
            f"{row.line:>4}  {line.verdict.label.lower():<8} {address or '—':<{widest}}  "
            f"{row.name or '—'} ({where}{role})"
        )
        for reason in line.reasons:
            text += f"\n{'':>15}{reason}"
        return text
