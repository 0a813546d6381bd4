"""Trying again what failed for good: on a facilitator's word, and never what may have arrived."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from cohort import audit
from cohort.models import Membership
from notifications import registry, tasks
from notifications.models import Delivery

State = Delivery.State
# What is past its time gets so long once more, where it is of use at all.
AGAIN = timedelta(days=1)


def retriable(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Those of them that failed, and are of use still.

    Uncertain ones are not: they may have arrived, and nobody is told twice.
    """
    late = [kind.name for kind in registry.kinds.values() if kind.is_of_use_late]
    in_time = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return deliveries.filter(
        Q(kind__in=late) | in_time & Q(kind__in=registry.kinds), state=State.FAILED
    )


@transaction.atomic
def retry(deliveries: QuerySet[Delivery], *, by: Membership) -> int:
    """Put failed mails back among those that wait; say how many. Leaves an audit row.

    Asked twice, or by two at once, it happens once. Everything is looked at anew at sending.
    """
    now = timezone.now()
    count = (
        retriable(deliveries)
        .order_by()
        .update(
            state=State.PENDING,
            not_before=now,
            expires_at=_longer(now),
            settled_at=None,
            attempts=0,
            provider_id="",
        )
    )
    if count:
        audit.record("mail.retried", subject=by.cohort, actor=by, cohort=by.cohort, mails=count)
        transaction.on_commit(tasks.poke)
    return count


def _longer(now: datetime) -> Case:
    return Case(
        When(expires_at__lte=now, then=Value(now + AGAIN)),
        default=F("expires_at"),
    )
