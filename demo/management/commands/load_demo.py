from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cohort.models import Membership
from demo.loader.load import load


class Command(BaseCommand):
    help = "Make the demo cohort, in mid-year around today. A second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--force-without-demo-mode",
            action="store_true",
            help="Load it although DEMO is off: its accounts have a password everybody knows.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or options["force_without_demo_mode"]):
            raise CommandError(
                "This makes accounts with a password everybody knows, so it needs DEMO=1"
                " (or --force-without-demo-mode, never on a site with real people)."
            )
        cohort = load(timezone.now())
        if cohort is None:
            self.stdout.write("The demo cohort is there already; nothing was changed.")
            return
        people = Membership.objects.filter(cohort=cohort).count()
        self.stdout.write(f"Made “{cohort}” with {people} people.")
