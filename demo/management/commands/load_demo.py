from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cohort.models import Cohort, Membership
from demo.loader import content
from demo.loader.load import load
from demo.loader.moving import move_on


class Command(BaseCommand):
    help = (
        "Make the demo cohort, in mid-year around today. Later runs add nothing; they bring its"
        " next session near again when that is over."
    )

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
        now = timezone.now()
        cohort = load(now)
        if cohort is None:
            self._move_on(now)
            return
        people = Membership.objects.filter(cohort=cohort).count()
        self.stdout.write(f"Made “{cohort}” with {people} people.")

    def _move_on(self, now: datetime) -> None:
        cohort = Cohort.objects.get(slug=content.toml("cohort.toml")["slug"])
        weeks = move_on(cohort, now)
        self.stdout.write(
            f"The demo cohort is there already; what is left of its year was moved {weeks} weeks."
            if weeks
            else "The demo cohort is there already; nothing was changed."
        )
