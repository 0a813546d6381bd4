"""Counting: what was wanted, what the mail server has, and what must not be."""

from dataclasses import dataclass

from benchmarks.faults.apps import GROUP, ONCE
from benchmarks.faults.sink import Sink
from notifications.models import Delivery
from notifications.reasons import SUPPRESSED

COLUMNS = ("wanted", "accepted", "refused", "doubled", "unsure", "forbidden", "lost")


@dataclass
class Line:
    """What became of one trial's mails.

    `unsure`: of a kind that is never repeated, given up in the one moment when nobody can know,
    and not arrived. `doubled` is allowed for kinds that are repeated in that moment; any other
    double is `forbidden`. Everything else that did not arrive is `lost`.
    """

    trial: str
    wanted: int = 0
    accepted: int = 0
    refused: int = 0
    doubled: int = 0
    unsure: int = 0
    forbidden: int = 0
    lost: int = 0
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.forbidden)

    def __str__(self) -> str:
        numbers = "".join(f"{getattr(self, column):>10}" for column in COLUMNS)
        return f"{self.trial:36}{numbers}{self.seconds:>8.1f} s"


HEADING = f"{'':36}" + "".join(f"{column:>10}" for column in COLUMNS)


def count(trial: str, since_pk: int, sink: Sink, excusable: int) -> Line:
    """The line of a trial. Of the unsure, `excusable` are the price of its kills and hangs."""
    line = Line(trial)
    for delivery in Delivery.objects.filter(pk__gte=since_pk):
        times = sink.accepted[delivery.message_id]
        line.wanted += 1
        line.accepted += times > 0
        line.doubled += times > 1
        line.forbidden += _is_forbidden(delivery, times)
        line.refused += not times and _is_refused(delivery)
        line.unsure += not times and _is_unsure(delivery)
    line.lost = line.wanted - line.accepted - line.refused - line.unsure
    line.lost += max(0, line.unsure - excusable)
    return line


def _is_refused(delivery: Delivery) -> bool:
    """Of who does not exist three mails are refused; then there is no more mail to them."""
    was_refused = delivery.state == Delivery.State.FAILED and delivery.reason.startswith("550")
    is_stopped = delivery.state == Delivery.State.SKIPPED and delivery.reason == SUPPRESSED
    return was_refused or is_stopped


def _is_unsure(delivery: Delivery) -> bool:
    return delivery.kind in (ONCE, GROUP) and delivery.state == Delivery.State.UNCERTAIN


def _is_forbidden(delivery: Delivery, times: int) -> bool:
    if delivery.kind == ONCE:
        return times > 1
    if delivery.kind == GROUP:
        return times > 1 and delivery.repeated_at is None
    return times > 1 + (delivery.repeated_at is not None)
