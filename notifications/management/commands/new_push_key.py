from typing import Any

from django.core.management.base import BaseCommand

from notifications.push import keys


class Command(BaseCommand):
    help = "Make a key for VAPID_PRIVATE_KEY: with it, people can be told of things on devices."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"VAPID_PRIVATE_KEY={keys.new_private_key()}")
