"""After a restore: the database remembers less than happened, and must not mail it again."""

from datetime import datetime

from django.db import transaction

from notifications import planning, reasons, registry
from notifications.models import Delivery


@transaction.atomic
def count_as_sent(now: datetime) -> int:
    """Settle what is waiting, and what planners find due now, as not to be sent; say how many.

    All of it had its turn before the crash, or came due while nothing ran. Settling moves the
    editions' marks too, as sending would have.
    """
    planning.plan_due(now)
    rows = list(Delivery.objects.unsettled().select_for_update())
    for delivery in rows:
        kind = registry.kinds.get(delivery.kind)
        if kind and kind.on_settled:
            kind.on_settled([delivery])
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=Delivery.State.SKIPPED, reason=reasons.RESTORED, settled_at=now, lease_until=None
    )
    return len(rows)
