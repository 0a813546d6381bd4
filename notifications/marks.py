"""The steps of a delivery, written down in PostgreSQL, each committed by itself.

They are by hand what is by far the most frequent: compiling them anew for each mail took as long as
composing it. A row belongs to the worker that wrote the moment its lease ends; whoever lost it
writes nothing, and learns so.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from notifications import registry, wishes
from notifications.models import Delivery, Way
from notifications.persistence import persistently

State = Delivery.State

# What the server accepted is sent, whoever owns the row now; anything else only the owner may say.
_SETTLE = """
    UPDATE notifications_delivery
    SET state = %(end)s, reason = %(reason)s, provider_id = %(provider_id)s,
        settled_at = %(now)s, lease_until = NULL
    WHERE id = %(ended)s AND (%(end)s = 'sent' OR lease_until = %(ended_lease)s)
    RETURNING id
"""
# One UPDATE, so that PostgreSQL asks again when another transaction got there first: is it ours
# still, and is it still wanted. Said again with the same lease, it holds still.
_BEGIN = """
    UPDATE notifications_delivery
    SET state = 'sending', lease_until = %(lease)s, attempts = %(attempts)s, subject = %(subject)s
    WHERE id = %(begun)s AND {wanted}
        AND (state, lease_until) IN (('claimed', %(begun_lease)s), ('sending', %(lease)s))
    RETURNING id
"""
# What became of one and that the next begins: two rows, one commit.
_SETTLE_AND_BEGIN = f"WITH settled AS ({_SETTLE}) {_BEGIN}"


@dataclass(frozen=True)
class Ending:
    """What became of a delivery for good."""

    delivery: Delivery
    state: State
    reason: str = ""
    provider_id: str = ""

    @property
    def hook(self) -> Any:
        """What its kind wants to do in the transaction that settles it."""
        kind = registry.kinds.get(self.delivery.kind)
        was_handed_over = self.state in (State.SENT, State.UNCERTAIN)
        return kind.on_settled if kind and was_handed_over else None

    @property
    def values(self) -> dict[str, Any]:
        return {
            "end": str(self.state),
            "reason": _text(self.reason),
            "provider_id": _text(self.provider_id),
            "now": timezone.now(),
            "ended": self.delivery.pk,
            "ended_lease": self.delivery.lease_until,
        }


def lease() -> datetime:
    return timezone.now() + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


@persistently
def settle(ending: Ending) -> None:
    """Write down how a delivery ended, and let its kind know in the same transaction."""
    with transaction.atomic() if ending.hook else nullcontext():
        if _run(_SETTLE, ending.values) and ending.hook:
            ending.hook(ending.delivery)


def begin(delivery: Delivery, subject: str, after: Ending | None = None) -> bool:
    """Note that it is about to be handed over; False if it is no longer ours, or not wanted.

    `after` is how the one before it ended (as sent): it is settled with the same commit.
    """
    until = lease()
    values = {
        "lease": until,
        "attempts": delivery.attempts,
        "subject": _text(subject),
        "begun": delivery.pk,
        "begun_lease": delivery.lease_until,
    }
    condition = _wanted(registry.kinds[delivery.kind].topic, Way(delivery.way))
    if not _begin(condition, values, after) or until <= timezone.now():
        return False
    delivery.lease_until = until
    return True


@persistently
def _begin(condition: "Condition", values: dict[str, Any], after: Ending | None) -> bool:
    statement = _SETTLE_AND_BEGIN if after else _BEGIN
    hook = after.hook if after else None
    values = {**values, **condition.constants, **(after.values if after else {})}
    with transaction.atomic() if hook else nullcontext():
        has_begun = _run(statement.format(wanted=condition.sql), values)
        if after and hook:
            hook(after.delivery)
    return has_begun


@dataclass(frozen=True)
class Condition:
    """A condition on deliveries as SQL, with its constants by name."""

    sql: str
    constants: dict[str, Any]


def _wanted(topic: str | None, way: Way) -> Condition:
    return _compiled(topic, way, bool(topic) and wishes.is_default(str(topic), way))


@cache
def _compiled(topic: str | None, way: Way, _is_default: bool) -> Condition:
    """What `wishes` says, compiled once for a topic and its default."""
    query = Delivery.objects.filter(wishes.not_switched_off(topic, way)).query
    sql, constants = query.where.as_sql(query.get_compiler(connection=connection), connection)
    names = [f"constant_{number}" for number in range(len(constants))]
    holders = tuple(f"%({name})s" for name in names)
    return Condition(sql % holders, dict(zip(names, constants, strict=True)))


def postpone(delivery: Delivery, reason: str, until: datetime, **changes: datetime) -> None:
    """Back to those who wait."""
    Delivery.objects.filter(pk=delivery.pk, lease_until=delivery.lease_until).update(
        state=State.PENDING,
        reason=_text(reason),
        not_before=until,
        attempts=delivery.attempts,
        lease_until=None,
        **changes,
    )


def release(deliveries: Sequence[Delivery]) -> None:
    """Give claimed rows back, to be looked at anew."""
    for until in {delivery.lease_until for delivery in deliveries}:
        Delivery.objects.filter(
            pk__in=[delivery.pk for delivery in deliveries],
            state=State.CLAIMED,
            lease_until=until,
        ).update(state=State.PENDING, lease_until=None)


def _run(statement: str, values: dict[str, Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount == 1


def _text(words: str) -> str:
    """What a column holds; PostgreSQL's text knows no NUL."""
    return words.replace("\0", "")[:200]
