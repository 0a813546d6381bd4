"""The one way out: what is put here, in the transaction that causes it, is mailed once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from cohort.models import Cohort, Membership
from notifications import registry, tasks
from notifications.models import Delivery, Way

ROWS_AT_ONCE = 1_000


def enqueue(
    kind: str,
    recipients: Iterable[Membership],
    *,
    dedupe_key: str,
    target_pk: int | None = None,
    params: dict[str, Any] | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    way: Way = Way.MAIL,
) -> int:
    """Put one mail, or push, for each recipient into the outbox; say for how many it was asked.

    The key of each row is `dedupe_key:<membership>`: asking again for the same is harmless.
    """
    key = dedupe_key if way == Way.MAIL else f"{way}:{dedupe_key}"
    return _insert(
        Delivery(
            way=way,
            kind=kind,
            dedupe_key=f"{key}:{member.pk}",
            cohort_id=member.cohort_id,
            recipient_id=member.pk,
            target_pk=target_pk,
            params=params or {},
            **_timing(kind, not_before, expires_at),
        )
        for member in recipients
    )


def enqueue_to_address(
    kind: str,
    address: str,
    *,
    cohort: Cohort | None,
    dedupe_key: str,
    target_pk: int | None = None,
    params: dict[str, Any] | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
) -> int:
    """The same for someone without an account, such as the invited."""
    delivery = Delivery(
        kind=kind,
        dedupe_key=dedupe_key,
        cohort=cohort,
        address=address,
        target_pk=target_pk,
        params=params or {},
        **_timing(kind, not_before, expires_at),
    )
    return _insert([delivery])


class Untold(NamedTuple):
    """A member whom something concerns, and why they get no mail of it."""

    member: Membership
    reason: str  # a word of `notifications.reasons`
    dedupe_key: str  # as for `enqueue`: whatever was decided first for it stands
    target_pk: int
    params: dict[str, Any]


def note_untold(kind: str, untold: Iterable[Untold]) -> None:
    """Keep for the log what was decided before there was any mail."""
    now = timezone.now()
    Delivery.objects.bulk_create(
        [
            Delivery(
                kind=kind,
                dedupe_key=f"{dedupe_key}:{member.pk}",
                cohort_id=member.cohort_id,
                recipient_id=member.pk,
                target_pk=target_pk,
                params=params,
                state=Delivery.State.SKIPPED,
                reason=reason,
                settled_at=now,
            )
            for member, reason, dedupe_key, target_pk, params in untold
        ],
        batch_size=ROWS_AT_ONCE,
        ignore_conflicts=True,
    )


def _timing(kind: str, not_before: datetime | None, expires_at: datetime | None) -> dict[str, Any]:
    registered = registry.kinds[kind]
    not_before = not_before or timezone.now()
    return {
        "not_before": not_before,
        "expires_at": expires_at or not_before + registered.lives,
        "is_bulk": registered.is_bulk,
    }


def _insert(deliveries: Iterable[Delivery]) -> int:
    rows = list(deliveries)
    if not rows:
        return 0
    Delivery.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE, ignore_conflicts=True)
    if any(row.not_before <= timezone.now() for row in rows):
        _poke_after_commit()
    return len(rows)


def _poke_after_commit() -> None:
    waiting = (entry[1] for entry in transaction.get_connection().run_on_commit)
    if tasks.poke not in waiting:  # one for the whole transaction
        transaction.on_commit(tasks.poke)
