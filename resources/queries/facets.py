"""What the library can be narrowed to, and how many there are of each.

The resources that have a value of a facet are a set, kept as the bits of one whole number. Python
counts those that fit several values in microseconds; PostgreSQL would look through them all.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import Case, F, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, ExtractYear

from cohort.models import Membership
from resources.models import ResourceQuerySet
from resources.relations import LINK, PAGE, session_links, sessions_seen

# Of what the reader may see: the value of each facet that was chosen.
Chosen = Mapping[str, Any]
# The lowest key, all resources, and those that have a value of a facet: bits above the lowest.
State = tuple[int, int, dict[tuple[str, str], int]]
# Of each facet how many have each of its values, told as text.
Counts = dict[str, dict[str, int]]

# Facets of which each resource has one value or none.
OWN: dict[str, Combinable] = {
    "kind": F("kind"),
    "team": Coalesce("team_id", "added_by__team_id"),
    "sector": F("added_by__organization__sector"),
    "type": Coalesce(
        "current_version__content_type",
        Case(When(current_page=None, then=Value(LINK)), default=Value(PAGE)),
    ),
    "language": F("language"),
    "year": ExtractYear("created_at"),
}
# With those of which it may have many.
FACETS = [*OWN, "theme", "session"]
# A theme has what its sub-lessons have.
_GIVEN = """
SELECT given.content_object_id, 'theme',
    unnest(array_remove(ARRAY[theme.id, theme.parent_id], NULL))
FROM resources_resourcetheme given JOIN cohort_theme theme ON theme.id = given.tag_id
WHERE given.content_object_id = ANY(%s)
"""


def narrowed(resources: ResourceQuerySet, chosen: Chosen, member: Membership) -> ResourceQuerySet:
    """Those that fit all that was chosen."""
    for name, value in chosen.items():
        if name == "theme":
            resources = resources.about(value)
        elif name == "session":
            seen = sessions_seen(member).filter(pk=value)
            resources = resources.filter(pk__in=seen.values("resources"))
        elif name in OWN:
            resources = resources.alias(**{f"facet_{name}": OWN[name]}).filter(
                **{f"facet_{name}": getattr(value, "pk", value)}
            )
    return resources


def total(counts: Counts, chosen: Chosen) -> int:
    """How many fit all that was chosen, by counts of that: each has one kind."""
    kinds = counts.get("kind", {})
    return kinds.get(chosen["kind"], 0) if "kind" in chosen else sum(kinds.values())


def _many(pks: list[int]) -> list[tuple[int, str, int]]:
    """Of these resources the values of which each may have many, as key, facet, value."""
    # By hand, for all that the ORM would do to it took longer than PostgreSQL.
    with connection.cursor() as cursor:
        cursor.execute(f"{_GIVEN} UNION ALL {session_links()}", [pks, pks])
        return cursor.fetchall()


class FacetSets:
    """Which of some resources have which value of each facet.

    The bit of a resource is its key, counted from the lowest one here. Sessions are counted
    whether the reader sees them or not: who shows them, asks.
    """

    def __init__(self, state: State = (0, 0, {})) -> None:
        """`state` is that of such sets, to go on with; none of it is changed."""
        self._lowest, self._all, having = state
        self._having = dict(having)

    @property
    def state(self) -> State:
        return self._lowest, self._all, self._having

    def put(self, resources: ResourceQuerySet) -> None:
        """Have these too, as they are now; two queries. Call `drop` first of what may be here."""
        rows = list(resources.order_by().values_list("pk", *OWN.values()))
        pks = [pk for pk, *_values in rows]
        self._reach(min(pks, default=self._lowest))
        self._all |= self._bits(pks)
        having: dict[tuple[str, Any], list[int]] = defaultdict(list)
        for pk, *values in rows:
            for key in zip(OWN, values, strict=True):
                having[key].append(pk)
        for pk, facet, value in _many(pks):
            having[facet, value].append(pk)
        for (facet, value), pks in having.items():
            if value:
                key = facet, str(value)
                self._having[key] = self._having.get(key, 0) | self._bits(pks)

    def drop(self, pks: Iterable[int]) -> None:
        """Have these no more."""
        others = ~self._bits(pks)
        self._all &= others
        self._having = {value: bits & others for value, bits in self._having.items()}

    def counts(self, chosen: Chosen, among: Iterable[int] | None = None) -> Counts:
        """How many have each value of each facet, the other facets as chosen; of all or of some.

        A value that none has is left out. What is chosen and no facet narrows nothing.
        """
        some = self._all if among is None else self._all & self._bits(among)
        narrow = {facet: some & self._fitting(chosen, but=facet) for facet in FACETS}
        counts: Counts = {}
        for (facet, value), bits in self._having.items():
            if count := (bits & narrow[facet]).bit_count():
                counts.setdefault(facet, {})[value] = count
        return counts

    def _fitting(self, chosen: Chosen, but: str) -> int:
        fitting = self._all
        for facet, value in chosen.items():
            if facet in FACETS and facet != but:
                fitting &= self._having.get((facet, str(getattr(value, "pk", value))), 0)
        return fitting

    def _bits(self, pks: Iterable[int]) -> int:
        """Those below the lowest are not here."""
        places = [pk - self._lowest for pk in pks if pk >= self._lowest]
        # In bytes, for a whole number is written anew with each bit.
        bits = bytearray(max(places, default=0) // 8 + 1)
        for place in places:
            bits[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(bits, "little")

    def _reach(self, pk: int) -> None:
        """Let the lowest be this one, or what it is; the first to come sets it."""
        if not self._all:
            self._lowest = pk
        elif (by := self._lowest - pk) > 0:
            self._lowest = pk
            self._all <<= by
            self._having = {value: bits << by for value, bits in self._having.items()}
