"""The sets that the library's facets are counted by, kept for an hour and told of every change."""

import hashlib
import logging
import time
from collections.abc import Iterable
from typing import NamedTuple

from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from cohort.models import Membership
from cohort.models.scoped import audience_of
from resources.changes import changed_between, ensure_number, number_key, tell_what_is_owed
from resources.models import Resource
from resources.queries.facets import Chosen, Counts, FacetSets, State

log = logging.getLogger(__name__)
# Seconds. What changed and could not be told (a process died, the cache lost it) shows by then.
KEPT = 60 * 60
# One more when what is kept looks otherwise, so that versions of this do not read each other's.
SHAPE = 1


class Kept(NamedTuple):
    """In the cache as a plain tuple."""

    until: float  # as time.time() tells it
    told: int  # the number of the last change it knows
    state: State


def facet_counts(member: Membership, chosen: Chosen, among: Iterable[int] | None = None) -> Counts:
    """How many the member sees with each value of each facet, the other facets as chosen.

    Of all, or of those with the given keys, seen or not.
    """
    return _sets(member).counts(chosen, among)


def _sets(member: Membership) -> FacetSets:
    try:
        return _kept_sets(member)
    except RedisError as error:
        log.warning("No facets are kept now: %s", type(error).__name__)
        return _all_of(member)


def _kept_sets(member: Membership) -> FacetSets:
    tell_what_is_owed()
    number_at, sets_at = number_key(member.cohort_id), _sets_key(member)
    found = cache.get_many([number_at, sets_at])
    # Before the rows are looked at: what changes meanwhile has a higher one, and is told later.
    number = found.get(number_at) or ensure_number(member.cohort_id)
    kept = _still_good(found.get(sets_at))
    if kept and kept.told == number:
        return FacetSets(kept.state)
    sets = _renewed(kept, member, number) if kept else None
    # What was kept longer is no younger for being told of a change.
    until = kept.until if kept and sets else time.time() + KEPT
    sets = sets or _all_of(member)
    cache.set(sets_at, tuple(Kept(until, number, sets.state)), timeout=until - time.time())
    return sets


def _still_good(found: tuple[float, int, State] | None) -> Kept | None:
    return Kept(*found) if found and found[0] > time.time() else None


def _renewed(kept: Kept, member: Membership, number: int) -> FacetSets | None:
    """With what changed since, where one can tell what that is."""
    changed = changed_between(member.cohort_id, kept.told, number)
    if changed is None:
        return None
    sets = FacetSets(kept.state)
    sets.drop(changed)
    sets.put(Resource.objects.visible_to(member).filter(pk__in=changed))
    return sets


def _all_of(member: Membership) -> FacetSets:
    sets = FacetSets()
    sets.put(Resource.objects.visible_to(member))
    return sets


def _sets_key(member: Membership) -> str:
    """The same for all who see the same in the same time zone: years begin where one is."""
    decides = f"{audience_of(member)} {timezone.get_current_timezone_name()}"
    return f"library:facets:{SHAPE}:{hashlib.sha256(decides.encode()).hexdigest()}"
