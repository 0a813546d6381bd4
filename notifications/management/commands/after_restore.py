from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from notifications import restoring


class Command(BaseCommand):
    help = (
        "Run once after a backup was restored, before worker and beat start: what was due then "
        "counts as sent, so that nobody is mailed twice."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = restoring.count_as_sent(timezone.now())
        self.stdout.write(f"{count} mails that were due are not sent again.")
