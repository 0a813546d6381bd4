from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_slug

from cohort import audit, events
from cohort.models import Cohort
from cohort.zones import validate_zone


class Command(BaseCommand):
    help = "Make a cohort: manage.py create_cohort autumn --name … --starts … --ends …"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="its short name in addresses, such as autumn-2026")
        parser.add_argument("--name", required=True)
        parser.add_argument("--starts", required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--ends", required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--time-zone", default="America/New_York")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["slug"]
        starts, ends = self._day(options["starts"]), self._day(options["ends"])
        if ends <= starts:
            raise CommandError("A cohort must end after it starts.")
        if Cohort.objects.filter(slug=slug).exists():
            raise CommandError(f"There is a cohort “{slug}” already.")
        try:
            validate_slug(slug)
            validate_zone(options["time_zone"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        cohort = Cohort.objects.create(
            slug=slug,
            name=options["name"],
            starts_on=starts,
            ends_on=ends,
            time_zone=options["time_zone"],
        )
        events.cohort_created(cohort)
        audit.record("cohort.created", subject=cohort, actor=None, cohort=cohort)
        self.stdout.write(
            f"Made “{cohort}”, {starts} to {ends}. Next: "
            f"manage.py import_roster FILE --cohort {slug} --dry-run"
        )

    def _day(self, text: str) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise CommandError(f"“{text}” is not a day like 2026-09-01.") from error
