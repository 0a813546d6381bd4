from cohort.import_command import ImportCommand
from cohort.models import Cohort
from cohort.tables import Verdict
from sessions.plans import MAX_BYTES
from sessions.services import plan_import
from sessions.services.plan_import import Line, Outlook


class Command(ImportCommand[Outlook]):
    help = "Plan a year of sessions from a CSV file; with --dry-run only say what would happen."
    most_bytes = MAX_BYTES

    def foresee(self, cohort: Cohort, content: bytes) -> Outlook:
        return plan_import.foresee(cohort, plan_import.read(cohort, content))

    def apply(self, cohort: Cohort, content: bytes) -> Outlook:
        return plan_import.apply(cohort, content)

    def report(self, outlook: Outlook, cohort: Cohort, *, dry_run: bool) -> None:
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
