"""What the library can be narrowed to, and how many there are of each, in one query."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, ExtractYear

from cohort.models import Membership
from resources.models import ResourceQuerySet
from resources.relations import LINK, PAGE, sessions_seen

# Of what the reader may see: the value of each facet that was chosen.
Chosen = Mapping[str, Any]
Counts = dict[str, dict[str, int]]


def _of_session(resources: ResourceQuerySet, value: Any, member: Membership) -> ResourceQuerySet:
    return resources.filter(pk__in=sessions_seen(member).filter(pk=value).values("resources"))


@dataclass(frozen=True)
class Facet:
    """How to keep those with a value, and what the value of each is."""

    narrow: Callable[[ResourceQuerySet, Any, Membership], ResourceQuerySet]
    key: Any
    only: Callable[[ResourceQuerySet, Membership], ResourceQuerySet] = lambda rows, _member: rows
    # Whether one resource can have a value more than once, which is dear to count.
    repeats: bool = False


_TYPE = Coalesce(
    "current_version__content_type",
    Case(When(current_page=None, then=Value(LINK)), default=Value(PAGE)),
)
_TEAM = Coalesce("team_id", "added_by__team_id")
FACETS = {
    "kind": Facet(lambda rows, kind, _m: rows.filter(kind=kind), F("kind")),
    "theme": Facet(
        lambda rows, theme, _m: rows.about(theme),
        Coalesce("themes__parent_id", "themes__pk"),
        repeats=True,
    ),
    "lesson": Facet(
        lambda rows, _value, _m: rows,
        F("themes__pk"),
        only=lambda rows, _m: rows.filter(themes__parent__isnull=False),
    ),
    "team": Facet(lambda rows, team, _m: rows.from_team(team), _TEAM),
    "sector": Facet(
        lambda rows, sector, _m: rows.filter(added_by__organization__sector=sector),
        F("added_by__organization__sector"),
    ),
    "session": Facet(
        _of_session,
        F("sessions__pk"),
        only=lambda rows, member: rows.filter(sessions__in=sessions_seen(member)),
    ),
    "type": Facet(lambda rows, kind, _m: rows.alias(type=_TYPE).filter(type=kind), _TYPE),
    "language": Facet(
        lambda rows, language, _m: rows.filter(language=language),
        F("language"),
        only=lambda rows, _m: rows.exclude(language=""),
    ),
    "year": Facet(
        lambda rows, year, _m: rows.filter(created_at__year=year), ExtractYear("created_at")
    ),
}


def narrowed(
    resources: ResourceQuerySet, chosen: Chosen, member: Membership, *, but: str = ""
) -> ResourceQuerySet:
    """Those that fit all that was chosen; `but` names a facet that is left out."""
    for name, value in chosen.items():
        if name in FACETS and name != but:
            resources = FACETS[name].narrow(resources, value, member)
    return resources


def count_facets(resources: ResourceQuerySet, chosen: Chosen, member: Membership) -> Counts:
    """How many one would see with each value of each facet, the other facets as they are."""
    parts = [
        _counted(name, facet, narrowed(resources, chosen, member, but=_sibling(name)), member)
        for name, facet in FACETS.items()
    ]
    counts: Counts = defaultdict(dict)
    for name, key, count in parts[0].union(*parts[1:], all=True):
        counts["theme" if name == "lesson" else name][key] = count
    return counts


def _sibling(name: str) -> str:
    return "theme" if name == "lesson" else name


def _counted(
    name: str, facet: Facet, resources: ResourceQuerySet, member: Membership
) -> QuerySet[Any, Any]:
    rows = facet.only(resources.order_by(), member)
    keyed = rows.annotate(facet=Value(name), key=Cast(facet.key, CharField()))
    counted = keyed.values("facet", "key").annotate(n=Count("pk", distinct=facet.repeats))
    return counted.filter(Q(key__isnull=False)).values_list("facet", "key", "n")
