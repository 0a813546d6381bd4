"""Reads of the library, each for a member and scoped to what they may see."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.postgres.search import SearchHeadline, SearchRank
from django.db.models import F, Q
from django.utils.dateparse import parse_datetime

from cohort.models import Membership, Team, Theme
from cohort.search import START, STOP, marked, search_query
from resources.models import Resource, ResourceQuerySet, ResourceTag

PAGE = 20
MOST_FOUND = 50


@dataclass(frozen=True)
class Shelf:
    """One page of the library, newest first, and where the next one begins."""

    resources: Sequence[Resource]
    older: str = ""


def recent_resources(
    member: Membership, limit: int, since: datetime | None = None
) -> list[Resource]:
    """What was added to the library since a moment (or ever), newest first."""
    resources = Resource.objects.visible_to(member).with_rows().latest_first()
    if since:
        resources = resources.filter(created_at__gt=since)
    return list(resources[:limit])


def theme_resources(member: Membership, theme: Theme, limit: int = 10) -> list[Resource]:
    """The newest with a theme or one of its sub-lessons."""
    resources = Resource.objects.visible_to(member).about(theme).with_rows().latest_first()
    return list(resources[:limit])


def search_resources(member: Membership, query: str, limit: int = MOST_FOUND) -> list[Resource]:
    """The best matches first, each with its `rank` and a `headline`: safe HTML of the text around
    what was found, the words in <mark>."""
    return _found(Resource.objects.visible_to(member).with_rows(), query, limit)


def _found(resources: ResourceQuerySet, query: str, limit: int) -> list[Resource]:
    """Those that hold the words of a query, the last of them perhaps not finished yet."""
    terms = search_query(query)
    if terms is None:
        return []
    tagged = ResourceTag.objects.filter(tag__name__iexact=query.strip())
    matches = (
        resources.filter(
            Q(search=terms)
            | Q(pk__in=tagged.values("content_object"))
            | Q(current_version__name__icontains=query.strip().replace("\0", ""))
        )
        .annotate(
            rank=SearchRank(F("search"), terms),
            headline=SearchHeadline(
                "description_text",
                terms,
                config="english",
                start_sel=START,
                stop_sel=STOP,
                max_words=30,
                min_words=12,
            ),
        )
        .order_by("-rank", "-created_at", "-pk")[:limit]
    )
    hits = list(matches)
    for hit in hits:
        hit.headline = marked(hit.headline)  # type: ignore[attr-defined]
    return hits


def shelf(
    member: Membership,
    *,
    query: str = "",
    kind: str = "",
    theme: Theme | None = None,
    team: Team | None = None,
    before: str = "",
) -> Shelf:
    """A page of the library by its filters; `before` is the `older` of the page in front of it.

    A search gives the best matches at once instead of pages.
    """
    resources = Resource.objects.visible_to(member).with_rows()
    if kind:
        resources = resources.filter(kind=kind)
    if theme:
        resources = resources.about(theme)
    if team:
        resources = resources.from_team(team)
    if query:
        return Shelf(_found(resources, query, MOST_FOUND))
    rows = list(_older_than(resources.latest_first(), before)[: PAGE + 1])
    if len(rows) <= PAGE:
        return Shelf(rows)
    last = rows[PAGE - 1]
    return Shelf(rows[:PAGE], older=f"{last.created_at.isoformat()}_{last.pk}")


def _older_than(resources: ResourceQuerySet, before: str) -> ResourceQuerySet:
    """Pages hold on to a row, not to a number of rows, so that arrivals shift nothing."""
    moment_text, _, pk = before.partition("_")
    moment = _moment(moment_text)
    if moment is None or not re.fullmatch(r"\d{1,18}", pk, re.ASCII):
        return resources
    return resources.filter(Q(created_at__lt=moment) | Q(created_at=moment, pk__lt=int(pk)))


def _moment(text: str) -> datetime | None:
    """An instant, told in UTC: Python knows offsets from it that PostgreSQL does not."""
    try:
        moment = parse_datetime(text)
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
