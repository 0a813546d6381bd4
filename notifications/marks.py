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
    UPDATE notifications_delivery AS kept
    SET state = ended.state, reason = ended.reason, provider_id = ended.provider_id,
        settled_at = %(now)s, lease_until = NULL
    FROM unnest(%(ended)s::bigint[], %(states)s::text[], %(reasons)s::text[],
                %(provider_ids)s::text[], %(ended_leases)s::timestamptz[])
        AS ended (id, state, reason, provider_id, lease)
    WHERE kept.id = ended.id AND (ended.state = 'sent' OR kept.lease_until = ended.lease)
    RETURNING kept.id
"""
# One UPDATE, so that PostgreSQL asks again when another transaction got there first: is it ours
# still, and is it still wanted. Said again with the same lease, it holds still.
_BEGIN = """
    UPDATE notifications_delivery
    SET state = 'sending', lease_until = %(lease)s, attempts = begun.attempts,
        subject = begun.subject
    FROM unnest(%(begun)s::bigint[], %(attempts)s::int[], %(subjects)s::text[],
                %(begun_leases)s::timestamptz[])
        AS begun (pk, attempts, subject, lease)
    WHERE notifications_delivery.id = begun.pk AND {wanted}
        AND state IN ('claimed', 'sending') AND lease_until IN (begun.lease, %(lease)s)
    RETURNING notifications_delivery.id
"""
# What became of some and that the next begin: so many rows, one commit.
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


def lease() -> datetime:
    return timezone.now() + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


@persistently
def settle(endings: Sequence[Ending]) -> None:
    """Write down how deliveries ended, and let their kinds know in the same transaction."""
    has_hooks = any(ending.hook for ending in endings)
    with transaction.atomic() if has_hooks else nullcontext():
        settled = _run(_SETTLE, _as_ended(endings))
        _tell_kinds([ending for ending in endings if ending.delivery.pk in settled])


def begin(letters: Sequence[tuple[Delivery, str]], after: Sequence[Ending] = ()) -> set[int]:
    """Note that deliveries of one kind, with their subjects, are about to be handed over.

    Returns the keys of those that are still ours and wanted. `after` is how those before them
    ended (as sent): they are settled with the same commit.
    """
    until = lease()
    values = {
        "lease": until,
        "begun": [delivery.pk for delivery, _subject in letters],
        "attempts": [delivery.attempts for delivery, _subject in letters],
        "subjects": [_text(subject) for _delivery, subject in letters],
        "begun_leases": [delivery.lease_until for delivery, _subject in letters],
    }
    first = letters[0][0]
    condition = _wanted(registry.kinds[first.kind].topic, Way(first.way))
    begun = _begin(condition, values, after)
    if until <= timezone.now():
        return set()
    for delivery, _subject in letters:
        if delivery.pk in begun:
            delivery.lease_until = until
    return begun


@persistently
def _begin(condition: "Condition", values: dict[str, Any], after: Sequence[Ending]) -> set[int]:
    statement = _SETTLE_AND_BEGIN if after else _BEGIN
    values = {**values, **condition.constants, **(_as_ended(after) if after else {})}
    has_hooks = any(ending.hook for ending in after)
    with transaction.atomic() if has_hooks else nullcontext():
        begun = _run(statement.format(wanted=condition.sql), values)
        _tell_kinds(after)
    return begun


def _as_ended(endings: Sequence[Ending]) -> dict[str, Any]:
    return {
        "now": timezone.now(),
        "ended": [ending.delivery.pk for ending in endings],
        "states": [str(ending.state) for ending in endings],
        "reasons": [_text(ending.reason) for ending in endings],
        "provider_ids": [_text(ending.provider_id) for ending in endings],
        "ended_leases": [ending.delivery.lease_until for ending in endings],
    }


def _tell_kinds(endings: Sequence[Ending]) -> None:
    hooks = {ending.hook for ending in endings if ending.hook}
    for hook in hooks:
        hook([ending.delivery for ending in endings if ending.hook is hook])


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
    """Give rows back that are ours and were not handed over, to be looked at anew."""
    for until in {delivery.lease_until for delivery in deliveries}:
        Delivery.objects.filter(
            pk__in=[delivery.pk for delivery in deliveries],
            state__in=(State.CLAIMED, State.SENDING),
            lease_until=until,
        ).update(state=State.PENDING, lease_until=None)


def _run(statement: str, values: dict[str, Any]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {pk for (pk,) in cursor.fetchall()}


def _text(words: str) -> str:
    """What a column holds; PostgreSQL's text knows no NUL."""
    return words.replace("\0", "")[:200]
