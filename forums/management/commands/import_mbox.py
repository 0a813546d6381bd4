from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cohort.files import NotStored
from cohort.models import Cohort, Theme
from forums.mail_archive import (
    AlreadyImporting,
    Choices,
    Outcome,
    Report,
    UnreadableArchive,
    import_archive,
)
from forums.models import Space

MOST_NAMES = 12


class Command(BaseCommand):
    help = (
        "Bring a mailing list's archive (mbox: a Google Groups takeout, Mailman) in as "
        "discussions. Run again, it adds what is new; with --dry-run it only says what would come."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="an mbox file, which may be packed with gzip")
        parser.add_argument("--cohort", required=True, metavar="SLUG")
        parser.add_argument("--space", required=True, metavar="SLUG", help="where threads go")
        parser.add_argument(
            "--theme", metavar="SLUG", help="the threads' theme (the first one unless told)"
        )
        parser.add_argument("--report", metavar="FILE", help="write what became of each mail (CSV)")
        parser.add_argument("--dry-run", action="store_true", help="change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        path, report_path = Path(options["file"]), options["report"]
        choices = Choices(
            space=_space(_cohort(options["cohort"]), options["space"]),
            theme=_theme(options["theme"]),
            dry_run=options["dry_run"],
        )
        if report_path and not Path(report_path).parent.is_dir():
            raise CommandError(f"There is no folder {Path(report_path).parent} for the report.")
        report = _imported(path, choices)
        self._tell(report, choices)
        if report_path:
            _save(report, Path(report_path))
            self.stdout.write(f"What became of each mail is in {report_path}.")

    def _tell(self, report: Report, choices: Choices) -> None:
        say = self.stdout.write
        for outcome in Outcome:
            say(f"{report.count(outcome):>7}  {outcome.value}")
            if outcome is Outcome.LEFT_OUT:
                for why, count in report.reasons.most_common():
                    say(f"{'':>9}{count:>5}  {why}")
        say(f"{report.files:>7}  files kept")
        if report.notes:
            say(f"{report.notes:>7}  mails with a note in the report (--report FILE)")
        if report.unknown:
            names = [f"{name} ({count})" for name, count in report.unknown.most_common(MOST_NAMES)]
            more = len(report.unknown) - len(names)
            say("Without an account here: " + ", ".join(names) + (f", {more} more" if more else ""))
        say(f"New discussions have the theme “{choices.theme.name}” and the tag “imported”.")
        if choices.dry_run:
            say("Nothing was changed (--dry-run).")


def _imported(path: Path, choices: Choices) -> Report:
    try:
        return import_archive(path, choices)
    except FileNotFoundError as error:
        raise CommandError(f"There is no file {path}.") from error
    except UnreadableArchive as error:
        raise CommandError(f"{path}: {error}") from error
    except AlreadyImporting as error:
        raise CommandError("Another import into this cohort is under way.") from error
    except NotStored as error:
        raise CommandError(
            "A file of a mail could not be stored: is the disk full? What came in before it "
            "stays; run the command again to go on."
        ) from error
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _cohort(slug: str) -> Cohort:
    cohort = Cohort.objects.filter(slug=slug).first()
    if cohort:
        return cohort
    there = ", ".join(Cohort.objects.values_list("slug", flat=True)) or "none yet"
    raise CommandError(f"There is no cohort “{slug}” (there are: {there}).")


def _space(cohort: Cohort, slug: str) -> Space:
    spaces = Space.objects.filter(cohort=cohort).select_related("cohort")
    space = spaces.filter(slug=slug).first()
    if space:
        return space
    there = ", ".join(spaces.values_list("slug", flat=True)) or "none yet"
    raise CommandError(f"There is no space “{slug}” in {cohort} (there are: {there}).")


def _theme(slug: str | None) -> Theme:
    themes = Theme.objects.all()
    theme = themes.filter(slug=slug).first() if slug else themes.top().first()
    if theme:
        return theme
    there = ", ".join(themes.values_list("slug", flat=True)) or "none yet"
    raise CommandError(f"There is no theme “{slug or ''}” (there are: {there}).")


def _save(report: Report, path: Path) -> None:
    try:
        report.save(path)
    except OSError as error:
        raise CommandError(f"The report cannot be written to {path}: {error.strerror}.") from error
