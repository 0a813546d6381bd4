from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from notifications import planning, sending


class Command(BaseCommand):
    help = "Plan what has become due and send it: one round of the beat, by hand."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=float, default=25.0, help="how long, at most")

    def handle(self, *args: Any, **options: Any) -> None:
        planned = planning.plan_due(timezone.now())
        tally = sending.send_due(options["seconds"])
        told = ", ".join(f"{count} {state}" for state, count in sorted(tally.items()))
        self.stdout.write(f"{planned} planned; {told or 'nothing was due'}")
