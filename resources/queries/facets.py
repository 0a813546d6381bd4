"""What the library can be narrowed to, and how many there are of each, in one query."""
# ruff: noqa: S608 (constants of this file are put together; values are parameters)

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce, ExtractYear

from cohort.models import Membership, Theme
from resources.models import ResourceQuerySet, ResourceTheme
from resources.relations import LINK, PAGE, sessions_seen

# Of what the reader may see: the value of each facet that was chosen.
Chosen = Mapping[str, Any]
Counts = dict[str, dict[str, int]]

# Facets of which each resource has one value or none.
OWN = {
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


def count_facets(resources: ResourceQuerySet, chosen: Chosen, member: Membership) -> Counts:
    """How many one would see with each value of each facet, the other facets as they are."""
    # By hand: the rows are looked through once for all facets, and the ORM knows no such thing.
    rows, row_values = _sql(
        resources.order_by().values("pk", **{f"f_{n}": e for n, e in OWN.items()})
    )
    links, link_values = _links(member)
    parts, part_values = zip(*_parts({n: v for n, v in chosen.items() if n in FACETS}), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH seen (id, {', '.join(OWN)}) AS MATERIALIZED ({rows}), "
            f"used (resource, session) AS ({links}) {' UNION ALL '.join(parts)}",
            [*row_values, *link_values, *(value for values in part_values for value in values)],
        )
        counts: Counts = defaultdict(dict)
        for name, key, count in cursor.fetchall():
            counts[name][key] = count
    return counts


def total(counts: Counts, chosen: Chosen) -> int:
    """How many fit all that was chosen, by counts of that: each has one kind."""
    kinds = counts.get("kind", {})
    return kinds.get(chosen["kind"], 0) if "kind" in chosen else sum(kinds.values())


# Where each facet's values stand, and what they are: each value of a resource in a row of its own.
_THEMES = f"seen JOIN {ResourceTheme._meta.db_table} given ON given.content_object_id = seen.id "
_THEMES += f"JOIN {Theme._meta.db_table} theme ON theme.id = given.tag_id"
FACETS = {
    **{name: [("seen", name)] for name in OWN},
    # A theme has what its sub-lessons have, each resource once; these are counted beside it.
    "theme": [
        (
            f"(SELECT DISTINCT seen.*, coalesce(theme.parent_id, theme.id) AS top FROM {_THEMES})",
            "top",
        ),
        (
            f"(SELECT seen.*, theme.id AS lesson FROM {_THEMES} WHERE parent_id IS NOT NULL)",
            "lesson",
        ),
    ],
    "session": [
        ("(SELECT seen.*, session FROM seen JOIN used ON used.resource = seen.id)", "session")
    ],
}
# What a resource has to be to fit a value, told as text.
_FITS = {
    **{name: f"{name}::text = %s" for name in OWN},
    "theme": (
        f"id IN (SELECT content_object_id FROM {ResourceTheme._meta.db_table} given "
        f"JOIN {Theme._meta.db_table} theme ON theme.id = given.tag_id "
        "WHERE %s IN (theme.id::text, theme.parent_id::text))"
    ),
    "session": "id IN (SELECT resource FROM used WHERE session::text = %s)",
}


def _parts(chosen: Chosen) -> list[tuple[str, list[Any]]]:
    parts = []
    for name, places in FACETS.items():
        others = {other: value for other, value in chosen.items() if other != name}
        fits = " AND ".join([_FITS[other] for other in others] or ["true"])
        values = [str(getattr(value, "pk", value)) for value in others.values()]
        for place, key in places:
            parts.append((_part(name, place, key, fits), values))
    return parts


def _part(name: str, place: str, key: str, fits: str) -> str:
    return (
        f"SELECT '{name}', {key}::text, count(*) FROM {place} AS of_it "
        f"WHERE {fits} AND {key}::text <> '' GROUP BY {key}"
    )


def _links(member: Membership) -> tuple[str, list[Any]]:
    """Which resource was used in which session that the member sees."""
    sessions = sessions_seen(member).order_by().filter(resources__isnull=False)
    return _sql(sessions.values("resources", "pk"))


def _sql(rows: Any) -> tuple[str, list[Any]]:
    sql, values = rows.query.sql_with_params()
    return sql, list(values)
