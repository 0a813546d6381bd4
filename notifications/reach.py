"""The one way in for news: who is told of something, by which ways.

Whatever happened, its app says whom it concerns (`forums.notices`, `sessions.reminders`), and this
resolves how each of them hears of it: by their choices and the published defaults, once per way.
What leaves the product is put into the outbox and looked at again when it goes
(`notifications.composing`); the bell's lines are looked at again whenever they are shown.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from cohort.models import Cohort, Membership
from notifications import bell, outbox, registry, wishes
from notifications.models import Way
from notifications.outbox import Untold
from notifications.push import devices

EVERY_WAY = frozenset(Way)


@transaction.atomic(savepoint=False)
def tell(
    kind: str,
    members: Iterable[Membership],
    *,
    dedupe_key: str,
    target_pk: int | None = None,
    params: Mapping[str, Any] | None = None,
    group: str = "",
    items: Collection[int] = (),
    ways: Collection[Way] = EVERY_WAY,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
) -> int:
    """Tell members of something, once per person and way; say how many mails were asked for.

    `group` and `items` are what the bell gathers by: the thing it is about, and the keys of what
    happened. Without a group, or for a kind that describes nothing, there is no line in the bell.
    `not_before` holds for mail alone. Asking again with the same `dedupe_key` is harmless.
    """
    told = list(members)
    registered = registry.kinds[kind]
    at_once = {Way.BELL, Way.PUSH}.intersection(ways)
    if at_once and group and registered.describe:
        wanting = wishes.wanting(registered.topic, at_once, told)
        bell.ring(kind, wanting.get(Way.BELL, []), group, items)
        _push(kind, wanting.get(Way.PUSH, []), dedupe_key, group, items, expires_at)
    if Way.MAIL not in ways:
        return 0
    return outbox.enqueue(
        kind,
        told,
        dedupe_key=dedupe_key,
        target_pk=target_pk,
        params=dict(params or {}),
        not_before=not_before,
        expires_at=expires_at,
    )


def note_untold(kind: str, untold: Iterable[Untold]) -> None:
    """Keep in the delivery log why members are not told by mail of what concerns them."""
    outbox.note_untold(kind, untold)


def _push(
    kind: str,
    members: Collection[Membership],
    dedupe_key: str,
    group: str,
    items: Collection[int],
    expires_at: datetime | None,
) -> None:
    """To those who have a device; nobody else costs a row."""
    outbox.enqueue(
        kind,
        devices.with_devices(members),
        dedupe_key=dedupe_key,
        params={"group": group, "items": sorted(items)},
        expires_at=expires_at,
        way=Way.PUSH,
    )


def tell_address(
    kind: str,
    address: str,
    *,
    cohort: Cohort | None,
    dedupe_key: str,
    target_pk: int | None = None,
    params: Mapping[str, Any] | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
) -> int:
    """Mail someone who has no account, such as the invited."""
    return outbox.enqueue_to_address(
        kind,
        address,
        cohort=cohort,
        dedupe_key=dedupe_key,
        target_pk=target_pk,
        params=dict(params or {}),
        not_before=not_before,
        expires_at=expires_at,
    )
