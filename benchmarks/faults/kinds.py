"""The harness's own mail, and a faster clock for trying again."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from benchmarks.faults.apps import GROUP, ONCE, REPEAT
from notifications import outages, sending
from notifications.models import Delivery
from notifications.registry import Kind, Mail, Outcome, register_kind


def register() -> None:
    sending.WAITS[:] = [timedelta(seconds=seconds) for seconds in (1, 2, 3, 5)]
    outages.WAITS[:] = [1, 2, 3]
    register_kind(Kind(ONCE, "Once", compose))
    register_kind(Kind(GROUP, "Group", compose, group=10))
    register_kind(Kind(REPEAT, "Repeat", compose, resend_uncertain=True))


def compose(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    for delivery in deliveries:
        yield (
            delivery,
            Mail(
                subject="A mail to be counted",
                text="One.\n",
                html="<p>One.</p>",
            ),
        )
