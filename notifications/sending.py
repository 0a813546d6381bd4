"""The worker's round: claim what is due, compose it, hand it over, and note what became of it.

What may happen at any moment, and what then holds (decision 0005):
- killed while *claimed*: nothing was handed over; after its lease the row is claimed anew;
- killed while *sending*: nobody knows; after its lease the row is uncertain, and only kinds that
  are safe to repeat are sent once more, with the same Message-ID;
- a worker that lost its lease writes nothing: the moment its lease ends is its proof of owning it.
"""

import logging
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications import outages, reasons, registry, wishes
from notifications.composing import address_of, compose
from notifications.message import build
from notifications.models import Delivery
from notifications.postbox import Accepted, Deferred, Postbox, Refused, Unclear, Verdict
from notifications.registry import Mail, Skip

logger = logging.getLogger(__name__)
State = Delivery.State

BATCH = 50
# What was composed longer ago is composed anew, however slow the mail server is.
FRESH_SECONDS = 15.0
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]


def send_due(seconds: float = 25.0) -> Counter[str]:
    """Send what is due, for about that long at most; say how many ended in which state."""
    tally = settle_abandoned()
    stop_at = time.monotonic() + seconds
    if not Delivery.objects.due().exists() or not outages.may_try():
        return tally
    with Postbox() as postbox:
        while time.monotonic() < stop_at and postbox.open():
            batch = claim()
            if not batch:
                break
            tally += _send_batch(batch, postbox)
    return tally


@transaction.atomic
def claim(limit: int = BATCH) -> list[Delivery]:
    """Take due rows for this worker alone, for the length of a lease."""
    pks = list(
        Delivery.objects.due()
        .first_come()
        .select_for_update(skip_locked=True)
        .values_list("pk", flat=True)[:limit]
    )
    Delivery.objects.filter(pk__in=pks).update(state=State.CLAIMED, lease_until=_lease())
    return list(
        Delivery.objects.filter(pk__in=pks)
        .first_come()
        .select_related("cohort", "recipient__user", "recipient__cohort", "recipient__team")
    )


def settle_abandoned() -> Counter[str]:
    """Bring back, or give up as uncertain, what workers left behind that are gone."""
    now = timezone.now()
    Delivery.objects.filter(state=State.CLAIMED, lease_until__lte=now).update(
        state=State.PENDING, lease_until=None
    )
    tally: Counter[str] = Counter()
    with transaction.atomic():
        lost = Delivery.objects.filter(state=State.SENDING, lease_until__lte=now)
        for delivery in lost.select_for_update(skip_locked=True)[:1_000]:
            tally[note(Unclear(reasons.WORKER_LOST), delivery)] += 1
    return tally


def _send_batch(batch: Sequence[Delivery], postbox: Postbox) -> Counter[str]:
    tally: Counter[str] = Counter()
    stale_at = time.monotonic() + FRESH_SECONDS
    composed = compose(batch)
    for place, (delivery, outcome) in enumerate(composed):
        if time.monotonic() > stale_at or not postbox.open():
            _release([rest for rest, _outcome in composed[place:]])
            break
        tally[_send(delivery, outcome, postbox)] += 1
    return tally


def _send(delivery: Delivery, outcome: Mail | Skip | Deferred, postbox: Postbox) -> str:
    delivery.attempts += 1
    if not isinstance(outcome, Mail):
        return note(outcome, delivery)
    try:
        message = build(delivery, outcome, address_of(delivery))
    except Exception:
        logger.exception("Could not build %s %s", delivery.kind, delivery.pk)
        return note(Deferred(reasons.NOT_COMPOSED), delivery)
    if not _begin(delivery, str(message.subject)):
        _release([delivery])
        return "released"
    return note(postbox.hand_over(message), delivery)


def _begin(delivery: Delivery, subject: str) -> bool:
    """Note that it is about to be handed over; False if it is no longer ours, or not wanted."""
    lease = _lease()
    is_ours = (
        Delivery.objects.filter(
            pk=delivery.pk, state=State.CLAIMED, lease_until=delivery.lease_until
        )
        .filter(wishes.not_switched_off(registry.kinds[delivery.kind].topic))
        .update(state=State.SENDING, lease_until=lease, attempts=delivery.attempts, subject=subject)
    )
    if is_ours:
        delivery.lease_until = lease
    return bool(is_ours)


def _release(deliveries: Sequence[Delivery]) -> None:
    """Give claimed rows back, to be looked at anew."""
    for lease in {delivery.lease_until for delivery in deliveries}:
        Delivery.objects.filter(
            pk__in=[delivery.pk for delivery in deliveries],
            state=State.CLAIMED,
            lease_until=lease,
        ).update(state=State.PENDING, lease_until=None)


def note(verdict: Verdict | Skip, delivery: Delivery) -> str:
    """Write down what became of a delivery that is ours; say its state."""
    match verdict:
        case Accepted():
            return _settle(delivery, State.SENT)
        case Skip(reason):
            return _settle(delivery, State.SKIPPED, reason)
        case Refused(reason):
            return _settle(delivery, State.FAILED, reason)
        case Unclear(reason):
            return _repeat_or_give_up(delivery, reason)
        case Deferred(reason):
            return _postpone(delivery, reason, WAITS[min(delivery.attempts, len(WAITS)) - 1])


def _settle(delivery: Delivery, state: State, reason: str = "") -> str:
    rows = Delivery.objects.filter(pk=delivery.pk)
    if state != State.SENT:
        # What the server accepted is sent, whoever owns the row now; anything else only the
        # owner may say.
        rows = rows.filter(lease_until=delivery.lease_until)
    kind = registry.kinds.get(delivery.kind)
    with transaction.atomic():
        is_ours = rows.update(
            state=state, reason=reason[:200], settled_at=timezone.now(), lease_until=None
        )
        if is_ours and kind and kind.on_settled and state in (State.SENT, State.UNCERTAIN):
            kind.on_settled(delivery)
    return state


def _repeat_or_give_up(delivery: Delivery, reason: str) -> str:
    kind = registry.kinds.get(delivery.kind)
    if kind and kind.resend_uncertain and delivery.repeated_at is None:
        return _postpone(delivery, reason, WAITS[0], repeated_at=timezone.now())
    return _settle(delivery, State.UNCERTAIN, reason)


def _postpone(delivery: Delivery, reason: str, wait: timedelta, **changes: datetime) -> str:
    """Back to those who wait, unless it would come too late then."""
    again_at = timezone.now() + wait
    if delivery.expires_at and delivery.expires_at <= again_at:
        return _settle(delivery, State.FAILED, f"{reasons.EXPIRED}: {reason}")
    Delivery.objects.filter(pk=delivery.pk, lease_until=delivery.lease_until).update(
        state=State.PENDING,
        reason=reason[:200],
        not_before=again_at,
        attempts=delivery.attempts,
        lease_until=None,
        **changes,
    )
    return State.PENDING


def _lease() -> datetime:
    return timezone.now() + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
