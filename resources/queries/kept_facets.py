"""The sets that the library's facets are counted by, kept for hours and told of every change."""

import hashlib
import logging
from collections.abc import Iterable
from typing import NamedTuple

from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from cohort.models import Membership
from cohort.models.scoped import audience_of
from resources.changes import changed_between, first_number, number_name
from resources.models import Resource
from resources.queries.facets import Chosen, Counts, FacetSets

log = logging.getLogger(__name__)
KEPT = 60 * 60 * 6  # seconds


class Kept(NamedTuple):
    told: int  # the number of the last change it knows
    sets: FacetSets


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
    number_at, name = number_name(member.cohort_id), _name(member)
    found = cache.get_many([number_at, name])
    # Before the rows are looked at: what changes meanwhile has a higher one, and is told later.
    number = found.get(number_at) or first_number(member.cohort_id)
    kept: Kept | None = found.get(name)
    if kept and kept.told == number:
        return kept.sets
    sets = _renewed(kept, member, number) if kept else None
    sets = sets or _all_of(member)
    cache.set(name, Kept(number, sets), timeout=KEPT)
    return sets


def _renewed(kept: Kept, member: Membership, number: int) -> FacetSets | None:
    """With what changed since, where one can tell what that is."""
    changed = changed_between(member.cohort_id, kept.told, number)
    if changed is None:
        return None
    kept.sets.drop(changed)
    kept.sets.put(Resource.objects.visible_to(member).filter(pk__in=changed))
    return kept.sets


def _all_of(member: Membership) -> FacetSets:
    sets = FacetSets()
    sets.put(Resource.objects.visible_to(member))
    return sets


def _name(member: Membership) -> str:
    """The same for all who see the same in the same time zone: years begin where one is."""
    decides = f"{audience_of(member)} {timezone.get_current_timezone_name()}"
    return f"library:facets:{hashlib.sha256(decides.encode()).hexdigest()}"
