"""Counts of the library's facets, kept for a minute: to count takes as long as the whole page.

They are forgotten as soon as something in the library changes. What changes elsewhere and is
counted too (whose team somebody is in, what is used in a session) shows within the minute.
"""

import hashlib
import logging
import time
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.utils import timezone
from redis.exceptions import RedisError

from cohort.models import Membership
from cohort.models.scoped import audience_of
from resources.models import Resource
from resources.queries.facets import Chosen, Counts, count_facets, of_facets

log = logging.getLogger(__name__)
KEPT = 60  # seconds


def kept_counts(member: Membership, chosen: Chosen) -> Counts:
    """As `count_facets` counts all that the member sees; counted anew without a cache."""
    state_name, name = _state_name(member.cohort_id), _name(member, chosen)
    try:
        kept = cache.get_many([state_name, name])
        state = kept.get(state_name)
        if name in kept and kept[name]["state"] == state:
            return kept[name]["counts"]
        counts = count_facets(Resource.objects.visible_to(member), chosen, member)
        # Under the state from before: what changed meanwhile has another.
        cache.set(name, {"state": state, "counts": counts}, timeout=KEPT)
        return counts
    except RedisError as error:
        log.warning("No counts are kept now: %s", type(error).__name__)
        return count_facets(Resource.objects.visible_to(member), chosen, member)


def _name(member: Membership, chosen: Chosen) -> str:
    """The same for all who see the same in the same time zone and chose the same."""
    facets = of_facets(chosen)
    values = sorted((name, str(getattr(value, "pk", value))) for name, value in facets.items())
    decides = f"{audience_of(member)} {timezone.get_current_timezone_name()} {values}"
    return f"library:counts:{hashlib.sha256(decides.encode()).hexdigest()}"


def _state_name(cohort_id: int) -> str:
    return f"library:state:{cohort_id}"


def forget(cohort_id: int) -> None:
    """Let what is kept of a cohort's library be counted anew."""
    try:
        cache.set(_state_name(cohort_id), time.time_ns(), timeout=None)
    except RedisError as error:
        log.warning("Counts are forgotten a minute later: %s", type(error).__name__)


def _changed(*, instance: Resource, **_of_it: Any) -> None:
    transaction.on_commit(lambda: forget(instance.cohort_id))


def register() -> None:
    """Whatever saves a resource, also by hand, makes its library be counted anew."""
    post_save.connect(_changed, sender=Resource, dispatch_uid="library counts")
    post_delete.connect(_changed, sender=Resource, dispatch_uid="library counts")
