"""Which resources changed, told to what is kept of them in the cache.

Each change of a cohort's library has a number, one higher than the one before; what is kept knows
up to which it was told. Where a change cannot be found any more, everything may have changed.
"""

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_migrate, post_save
from redis.exceptions import RedisError

from cohort.models import Cohort, Membership, Organization, Team, Theme
from resources.models import Resource

log = logging.getLogger(__name__)
REMEMBERED = 60 * 60 * 24  # seconds
# To look at more than these one by one takes longer than to look at all.
MOST_ONE_BY_ONE = 50

# What a person or an organization says in what is counted.
COUNTED = frozenset({"team", "organization", "sector"})

# Cohorts of which this process could not tell that something changed.
_owed: set[int] = set()


def number_key(cohort_id: int) -> str:
    """Where in the cache the number of the last change is."""
    return f"library:changes:{cohort_id}"


def ensure_number(cohort_id: int) -> int:
    """The number of the last change. Where there is none begin above all there ever was."""
    cache.add(number_key(cohort_id), time.time_ns() // 1000, timeout=None)
    return cache.get(number_key(cohort_id))


def changed_between(cohort_id: int, told: int, number: int) -> set[int] | None:
    """The keys of what changed after the change `told`, up to `number`; None: perhaps all."""
    if not 0 <= number - told <= MOST_ONE_BY_ONE:
        return None
    keys = [_change_key(cohort_id, each) for each in range(told + 1, number + 1)]
    found = cache.get_many(keys)
    pks = [pk for key in keys if (pk := found.get(key)) is not None]
    return set(pks) if len(pks) == len(keys) else None


def tell(cohort_id: int, pks: Iterable[int | None] = (None,)) -> None:
    """These changed, as everybody sees by now; None stands for all."""
    changed = list(dict.fromkeys(pks))
    if len(changed) > MOST_ONE_BY_ONE:
        changed = [None]
    try:
        _tell(cohort_id, changed)
    except (RedisError, ValueError) as error:  # away, or without its number since a moment ago
        _owed.add(cohort_id)
        log.warning("A change of the library is told later: %s", type(error).__name__)


def tell_what_is_owed() -> None:
    """Of cohorts that changed while the cache was away, that all may have changed."""
    for cohort_id in list(_owed):
        _owed.discard(cohort_id)
        tell(cohort_id)


def _tell(cohort_id: int, changed: list[int | None]) -> None:
    if not changed:
        return
    ensure_number(cohort_id)
    last = cache.incr(number_key(cohort_id), delta=len(changed))
    cache.set_many(
        {_change_key(cohort_id, last - place): pk for place, pk in enumerate(changed)},
        timeout=REMEMBERED,
    )


def _change_key(cohort_id: int, number: int) -> str:
    return f"library:change:{cohort_id}:{number}"


def _later(tells: Callable[[], None]) -> None:
    transaction.on_commit(tells, robust=True)


def _resource(*, instance: Resource, **_of_it: Any) -> None:
    cohort_id, pk = instance.cohort_id, instance.pk
    _later(lambda: tell(cohort_id, [pk]))


def _saved_around(
    *, instance: Membership | Organization, created: bool, update_fields: Any, **_of_it: Any
) -> None:
    """A person or an organization; a new one has added nothing yet."""
    if not created and (update_fields is None or COUNTED & set(update_fields)):
        _gone_around(instance=instance)


def _gone_around(*, instance: Membership | Organization | Team, **_of_it: Any) -> None:
    cohort_id = instance.cohort_id
    _later(lambda: tell(cohort_id))


def _everywhere(**_of_it: Any) -> None:
    _later(_tell_everywhere)


def _tell_everywhere() -> None:
    for cohort_id in Cohort.objects.values_list("pk", flat=True):
        tell(cohort_id)


def _linked(*, instance: Any, action: str, pk_set: set[int] | None, **_of_it: Any) -> None:
    """A theme is given or taken, or a session uses it or no more, told from either side."""
    if not action.startswith("post_"):
        return
    pks = {instance.pk} if isinstance(instance, Resource) else pk_set
    cohort_id = instance.cohort_id
    _later(lambda: tell(cohort_id, (None,) if pks is None else pks))


def register(app_config: Any) -> None:
    """Signals, so that whatever saves, also by hand, is told."""
    saved: list[tuple[type[Model], Any]] = [
        (Resource, _resource),
        (Membership, _saved_around),
        (Organization, _saved_around),
        (Theme, _everywhere),
    ]
    for model, hear in saved:
        post_save.connect(hear, sender=model, dispatch_uid="library changes")
    gone: list[tuple[type[Model], Any]] = [
        (Resource, _resource),
        (Membership, _gone_around),
        (Organization, _gone_around),
        (Team, _gone_around),
        (Theme, _everywhere),
    ]
    for model, hear in gone:
        post_delete.connect(hear, sender=model, dispatch_uid="library changes")
    for links in (Resource.sessions.through, Resource.themes.through):
        m2m_changed.connect(_linked, sender=links, dispatch_uid="library changes")
    # After an upgrade or a restore the rows are others.
    post_migrate.connect(_everywhere, sender=app_config, dispatch_uid="library changes")
