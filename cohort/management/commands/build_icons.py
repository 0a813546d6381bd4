from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cohort import icons

TARGET = "static/css/components/icons.css"


class Command(BaseCommand):
    help = f"Write the shell's icons into {TARGET}."

    def handle(self, *args: Any, **options: Any) -> None:
        (settings.BASE_DIR / TARGET).write_text(icons.stylesheet(), "utf-8")
