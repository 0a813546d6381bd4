"""What the library can be narrowed to, and how many there are of each, in one query."""
# ruff: noqa: S608 (constants of this file are put together; values are parameters)

from collections import defaultdict
from collections.abc import Mapping, Sequence
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
    parts, part_values = zip(*_parts(of_facets(chosen)), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH seen (id, {', '.join(OWN)}) AS MATERIALIZED ({rows}), {_GIVEN}, "
            f"used (id, session) AS (SELECT * FROM ({links}) link (id, session) "
            f"WHERE id IN (SELECT id FROM seen)) {' UNION ALL '.join(parts)}",
            [*row_values, *link_values, *(value for values in part_values for value in values)],
        )
        counts: Counts = defaultdict(dict)
        for name, key, count in cursor.fetchall():
            if key:
                counts[name][key] = count
    return counts


def of_facets(chosen: Chosen) -> Chosen:
    """Without what is no facet: the words searched for, and the order."""
    return {name: value for name, value in chosen.items() if name in _FITS}


def total(counts: Counts, chosen: Chosen) -> int:
    """How many fit all that was chosen, by counts of that: each has one kind."""
    kinds = counts.get("kind", {})
    return kinds.get(chosen["kind"], 0) if "kind" in chosen else sum(kinds.values())


# The themes of what is seen, each with the one above it, or itself where there is none.
_GIVEN = f"""
given (id, theme, top) AS MATERIALIZED (
    SELECT seen.id, theme.id, coalesce(theme.parent_id, theme.id)
    FROM seen JOIN {ResourceTheme._meta.db_table} item ON item.content_object_id = seen.id
    JOIN {Theme._meta.db_table} theme ON theme.id = item.tag_id
)"""
# Facets of which a resource has many values: in which rows each stands with the resource's `id`.
# A theme has what its sub-lessons have, each resource once; these are counted beside it.
_MANY = {
    "theme": [
        ("(SELECT DISTINCT id, top FROM given)", "top"),
        ("(SELECT id, theme FROM given WHERE theme <> top)", "theme"),
    ],
    "session": [("used", "session")],
}
# What a resource has to be to fit a value, told as text.
_FITS = {
    **{name: f"{name}::text = %s" for name in OWN},
    "theme": "id IN (SELECT id FROM given WHERE %s IN (theme::text, top::text))",
    "session": "id IN (SELECT id FROM used WHERE session::text = %s)",
}


def _parts(chosen: Chosen) -> list[tuple[str, list[Any]]]:
    """What counts each facet, and its values. What is not chosen is narrowed by all that is."""
    narrow, values = _narrow(chosen)
    parts = []
    if free := [name for name in OWN if name not in chosen]:
        parts.append((_counts_of(free, narrow), values))
    for name in chosen:
        if name in OWN:
            narrow, values = _narrow(chosen, but=name)
            parts.append((_counts_of([name], narrow), values))
    for name, places in _MANY.items():
        narrow, values = _narrow(chosen, but=name)
        fits = f"WHERE id IN (SELECT id FROM seen WHERE {narrow})" if values else ""
        for rows, key in places:
            counted = f"SELECT '{name}', {key}::text, count(*) FROM {rows} AS its"
            parts.append((f"{counted} {fits} GROUP BY {key}", values))
    return parts


def _narrow(chosen: Chosen, but: str = "") -> tuple[str, list[str]]:
    fits = {name: value for name, value in chosen.items() if name != but}
    values = [str(getattr(value, "pk", value)) for value in fits.values()]
    return " AND ".join([_FITS[name] for name in fits] or ["true"]), values


def _counts_of(names: Sequence[str], narrow: str) -> str:
    """Of several facets at once, the rows looked through once."""
    # PostgreSQL tells a facet by a number in which the bits of all the others are set.
    every = 2 ** len(names) - 1
    bits = {name: every - 2**place for place, name in enumerate(reversed(names))}
    which = " ".join(f"WHEN {bits[name]} THEN '{name}'" for name in names)
    key = ", ".join(f"{name}::text" for name in names)
    sets = ", ".join(f"({name})" for name in names)
    return (
        f"SELECT CASE GROUPING({', '.join(names)}) {which} END, coalesce({key}), count(*) "
        f"FROM seen WHERE {narrow} GROUP BY GROUPING SETS ({sets})"
    )


def _links(member: Membership) -> tuple[str, list[Any]]:
    """Which resource was used in which session that the member sees."""
    sessions = sessions_seen(member).order_by().filter(resources__isnull=False)
    return _sql(sessions.values("resources", "pk"))


def _sql(rows: Any) -> tuple[str, list[Any]]:
    sql, values = rows.query.sql_with_params()
    return sql, list(values)
