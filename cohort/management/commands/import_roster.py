from cohort.import_command import ImportCommand
from cohort.models import Cohort, Role
from cohort.rosters import MAX_BYTES, parse
from cohort.services import roster
from cohort.services.roster import Line, Outlook


class Command(ImportCommand[Outlook]):
    help = "Invite the people of a roster (CSV); with --dry-run only say what would happen."
    most_bytes = MAX_BYTES

    def foresee(self, cohort: Cohort, content: bytes) -> Outlook:
        return roster.foresee(cohort, parse(content))

    def apply(self, cohort: Cohort, content: bytes) -> Outlook:
        return roster.apply(cohort=cohort, content=content, by=None)

    def report(self, outlook: Outlook, cohort: Cohort, *, dry_run: bool) -> None:
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
