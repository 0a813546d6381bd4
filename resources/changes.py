"""Which resources changed, told to what is kept of them in the cache.

Each change of a cohort's library has a number, one higher than the one before; what is kept knows
up to which it was told. Where a change cannot be found any more, everything may have changed.
"""

import logging
import time
from collections.abc import Iterable
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save
from redis.exceptions import RedisError

from cohort.models import Cohort, Membership, Organization, Team, Theme
from resources.models import Resource

log = logging.getLogger(__name__)
REMEMBERED = 60 * 60 * 24  # seconds
# Beyond these it takes longer to look at each than at all.
MOST = 50


def number_name(cohort_id: int) -> str:
    """Where in the cache the number of the last change is."""
    return f"library:changes:{cohort_id}"


def first_number(cohort_id: int) -> int:
    """Where there is none. Numbers that were lost are not used again."""
    cache.add(number_name(cohort_id), time.time_ns() // 1000, timeout=None)
    return cache.get(number_name(cohort_id))


def changed_between(cohort_id: int, told: int, number: int) -> set[int] | None:
    """The keys of what changed after the change `told`, up to `number`; None: perhaps all."""
    if not 0 <= number - told <= MOST:
        return None
    names = [_name(cohort_id, each) for each in range(told + 1, number + 1)]
    found = cache.get_many(names)
    pks = [pk for name in names if (pk := found.get(name)) is not None]
    return set(pks) if len(pks) == len(names) else None


def tell(cohort_id: int, pks: Iterable[int | None] = (None,)) -> None:
    """These changed, as everybody sees by now; None stands for all."""
    try:
        for pk in pks:
            first_number(cohort_id)
            number = cache.incr(number_name(cohort_id))
            cache.set(_name(cohort_id, number), pk, timeout=REMEMBERED)
    except RedisError as error:
        log.warning("A change of the library is seen later: %s", type(error).__name__)


def _name(cohort_id: int, number: int) -> str:
    return f"library:change:{cohort_id}:{number}"


def _resource(*, instance: Resource, **_of_it: Any) -> None:
    cohort_id, pk = instance.cohort_id, instance.pk
    transaction.on_commit(lambda: tell(cohort_id, [pk]))


def _around_it(*, instance: Membership | Team | Organization, **_of_it: Any) -> None:
    """Of whom a resource is: their team, their organization's sector."""
    cohort_id = instance.cohort_id
    transaction.on_commit(lambda: tell(cohort_id))


def _theme(**_of_it: Any) -> None:
    transaction.on_commit(_tell_everywhere)


def _tell_everywhere() -> None:
    for cohort_id in Cohort.objects.values_list("pk", flat=True):
        tell(cohort_id)


def _used(*, instance: Any, action: str, pk_set: set[int] | None, **_of_it: Any) -> None:
    """In a session, or no more."""
    if not action.startswith("post_"):
        return
    pks = {instance.pk} if isinstance(instance, Resource) else pk_set
    cohort_id = instance.cohort_id
    transaction.on_commit(lambda: tell(cohort_id, (None,) if pks is None else pks))


def register() -> None:
    """Signals, so that whatever saves, also by hand, is told."""
    heard: list[tuple[type[Model], Any]] = [
        (Resource, _resource),
        (Membership, _around_it),
        (Team, _around_it),
        (Organization, _around_it),
        (Theme, _theme),
    ]
    for model, hear in heard:
        post_save.connect(hear, sender=model, dispatch_uid="library changes")
        post_delete.connect(hear, sender=model, dispatch_uid="library changes")
    m2m_changed.connect(_used, sender=Resource.sessions.through, dispatch_uid="library changes")
