import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from demo import scale


class Command(BaseCommand):
    help = "Make a cohort of any size for benchmarks (the cohort `scale`, made anew each time)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=1_000)
        parser.add_argument("--threads", type=int, default=1_000)
        parser.add_argument("--posts", type=int, default=18_610)
        parser.add_argument("--messages", type=int, default=1_000)
        parser.add_argument("--resources", type=int, default=0)

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        named = ("people", "threads", "posts", "messages", "resources")
        amounts = scale.Amounts(**{name: options[name] for name in named})
        scale.build(amounts, lambda line: self.stdout.write(f"  {line}"))
        self.stdout.write(f"Done in {time.monotonic() - begun:.0f} s: /c/{scale.SLUG}/")
