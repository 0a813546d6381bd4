from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from notifications import planning, sending


class Command(BaseCommand):
    help = "Plan what has become due and send it: one round of the beat, by hand."

    def handle(self, *args: Any, **options: Any) -> None:
        planned = planning.plan_due(timezone.now())
        tally = sending.send_due()
        told = ", ".join(f"{count} {state}" for state, count in sorted(tally.items()))
        self.stdout.write(f"{planned} planned; {told or 'nothing was due'}")
