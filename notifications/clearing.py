"""The outbox and the log are kept for a bounded time; what remains are counts."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from notifications.models import Bounce, Delivery

ROWS_AT_ONCE = 2_000
BOUNCES_KEPT = timedelta(days=365)

# Two workers may clear on the same night: both add to what is there.
_ADD = """
    INSERT INTO notifications_tally (cohort_id, day, way, kind, state, count)
    VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (cohort_id, day, way, kind, state)
    DO UPDATE SET count = notifications_tally.count + EXCLUDED.count
"""


def clear_old(now: datetime | None = None) -> int:
    """Remove settled deliveries older than `OUTBOX_KEEP_DAYS`, counted; say how many."""
    now = now or timezone.now()
    before = now - timedelta(days=settings.OUTBOX_KEEP_DAYS)
    total = 0
    while cleared := _clear_some(before):
        total += cleared
    Bounce.objects.filter(at__lt=now - BOUNCES_KEPT).delete()
    return total


@transaction.atomic
def _clear_some(before: datetime) -> int:
    rows = list(
        Delivery.objects.filter(settled_at__lt=before)
        .order_by("settled_at")
        .select_for_update(skip_locked=True)[:ROWS_AT_ONCE]
    )
    counts = Counter(
        (row.cohort_id, row.settled_at.astimezone(UTC).date(), row.way, row.kind, row.state)
        for row in rows
        if row.settled_at
    )
    with connection.cursor() as cursor:
        cursor.executemany(_ADD, [(*key, count) for key, count in sorted(counts.items(), key=str)])
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)
