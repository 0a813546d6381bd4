"""A kind of mail whose words are prepared: what the outbox costs apart from composing them."""

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.apps import AppConfig

KIND = "benchmarks.prepared"


class PreparedConfig(AppConfig):
    name = "benchmarks"
    label = "benchmarks"

    def ready(self) -> None:
        from notifications.models import Delivery
        from notifications.registry import Kind, Mail, Outcome, register_kind

        words = json.loads(Path(os.environ["BENCH_PREPARED"]).read_text())
        mail = Mail(**words)

        def compose(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
            return [(delivery, mail) for delivery in deliveries]

        register_kind(Kind(KIND, "Prepared", compose, topic="reminders"))
