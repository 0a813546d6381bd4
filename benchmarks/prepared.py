"""Mail whose words are prepared: what the outbox costs apart from composing them."""

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.apps import AppConfig

# As editions go, in groups; and one by one, as what must never come twice.
BULK, SINGLE = "benchmarks.bulk", "benchmarks.single"


class PreparedConfig(AppConfig):
    name = "benchmarks"
    label = "benchmarks"

    def ready(self) -> None:
        from notifications import edition
        from notifications.models import Delivery
        from notifications.registry import Kind, Mail, Outcome, register_kind

        words = json.loads(Path(os.environ["BENCH_PREPARED"]).read_text())
        mail = Mail(**words)

        def compose(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
            return [(delivery, mail) for delivery in deliveries]

        register_kind(Kind(BULK, "Bulk", compose, topic="reminders", group=edition.GROUP))
        register_kind(Kind(SINGLE, "Single", compose, topic="reminders"))
