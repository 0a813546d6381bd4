"""Finding: pages of the library by its filters, and search in what is said and what files say."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Case, F, Func, Q, TextField, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Concat, Greatest, Left, Lower, StrIndex, Substr
from django.utils.dateparse import parse_datetime

from cohort.models import Membership, Tag, Theme
from cohort.search import Narrowing, marked, passage, plain_words, search_query, tidy, whole
from resources.models import Resource, ResourceQuerySet, ResourceTag, ResourceTheme
from resources.queries.facets import Chosen, Counts, narrowed
from resources.queries.kept_facets import facet_counts
from resources.queries.lines import Line, lines_of
from resources.queries.ranking import ranked

PAGE = 20
MOST_FOUND = 200
MOST_FEATURED = 4
# Among so many what is inside is weighed: that reads all words of each file. Of a word that more
# of them hold these are the ones that say it themselves, then the newest.
MOST_WEIGHED = 500
BEST_FIRST = ("-rank", "-created_at", "-pk")
RANKED_BY = {"helpful": "helpful_count", "used": "download_count"}
# Where in a file's text the passage is looked for, in characters, and how much comes before.
LOOKED_THROUGH = 100_000
BEFORE = 200


@dataclass(frozen=True)
class Shelf:
    """One page of the library, how many there are of what, and where the next page begins."""

    lines: Sequence[Line]
    older: str
    counts: Counts
    featured: Sequence[Line] = ()


def recent_resources(member: Membership, limit: int) -> list[Resource]:
    """What was added to the library last, newest first; titles, kinds and when, nothing else."""
    resources = Resource.objects.visible_to(member).only("title", "kind", "created_at", "cohort")
    newest = list(resources.latest_first()[:limit])
    for resource in newest:
        resource.cohort = member.cohort
    return newest


def theme_lines(member: Membership, theme: Theme, limit: int = 10) -> list[Line]:
    """The newest with a theme or one of its sub-lessons."""
    return lines_of(Resource.objects.visible_to(member).about(theme).latest_first()[:limit])


def tag_lines(member: Membership, tag: Tag, limit: int) -> list[Line]:
    """The newest with a tag."""
    tagged = ResourceTag.objects.filter(tag=tag).values("content_object")
    resources = Resource.objects.visible_to(member).filter(pk__in=tagged)
    return lines_of(resources.latest_first()[:limit])


def matching_resources(
    member: Membership, query: str, narrow: Narrowing | None = None
) -> ResourceQuerySet:
    """The best matches first, narrowed and not loaded yet.

    Each with a `headline` and its `title_found`, text for `cohort.search.marked`. Without words
    the latest of what it is narrowed to, and without that none.
    """
    narrow = narrow or Narrowing()
    resources = _narrowed(Resource.objects.visible_to(member), narrow)
    terms = search_query(query)
    if terms is None:
        shown = resources.annotate(headline=Left("description_text", 180), title_found=F("title"))
        return shown.none() if narrow == Narrowing(at=narrow.at) else shown.latest_first()
    held = resources.filter(pk__in=_holding(query, terms))
    return _ranked(held, query, terms).annotate(title_found=whole("title", terms))


def _narrowed(resources: ResourceQuerySet, narrow: Narrowing) -> ResourceQuerySet:
    if narrow.themes:
        items = ResourceTheme.objects.filter(tag__in=narrow.themes)
        resources = resources.filter(pk__in=items.values("content_object"))
    if narrow.tag:
        tagged = ResourceTag.objects.filter(tag__name__iexact=narrow.tag)
        resources = resources.filter(pk__in=tagged.values("content_object"))
    if narrow.authors:
        resources = resources.filter(added_by__in=narrow.authors)
    elif narrow.author_name:
        resources = resources.none()
    if narrow.team:
        resources = resources.filter(Q(team=narrow.team) | Q(added_by__team=narrow.team))
    if narrow.since:
        resources = resources.filter(created_at__gte=narrow.since)
    if narrow.until:
        resources = resources.filter(created_at__lt=narrow.until)
    return resources


def _best(
    resources: ResourceQuerySet, query: str, terms: SearchQuery, start: int, stop: int
) -> list[Line]:
    """Some of those that hold the words, the last of them perhaps not finished yet."""
    # First which they are, so that nothing else is looked up of all the others.
    said = resources.annotate(said=SearchRank(F("search"), terms))
    likely = said.order_by("-said", "-created_at", "-pk").values("pk")[:MOST_WEIGHED]
    weighed = Resource.objects.filter(pk__in=likely).annotate(rank=_rank(terms))
    ordered = weighed.order_by(*BEST_FIRST)
    keys = list(ordered.values_list("pk", flat=True)[start:stop])
    hits = lines_of(_ranked(Resource.objects.filter(pk__in=keys), query, terms))
    return [hit._replace(headline=marked(hit.headline)) for hit in hits]


def _ranked(resources: ResourceQuerySet, query: str, terms: SearchQuery) -> ResourceQuerySet:
    """The best first. What is said of a resource weighs more than what is in it."""
    found = resources.annotate(rank=_rank(terms), headline=_headline(query, terms))
    return found.order_by(*BEST_FIRST)


def _rank(terms: SearchQuery) -> Any:
    inside = Coalesce("current_version__contents__search", "current_page__search")
    return SearchRank(F("search"), terms) + Coalesce(SearchRank(inside, terms), 0.0)


def _holding(query: str, terms: SearchQuery) -> Any:
    """The keys of whatever holds the words: in what is said of it, in its page, its file or that
    one's name, or as a tag; each way through its own index.
    """
    everything = Resource.objects.order_by()
    said = everything.filter(search=terms).values("pk")
    in_files = everything.filter(current_version__in=_FilesHolding(terms)).values("pk")
    in_pages = everything.filter(current_page__search=terms).values("pk")
    in_names = everything.filter(current_version__name__icontains=tidy(query)).values("pk")
    tagged = ResourceTag.objects.filter(tag__name__iexact=tidy(query)).values("content_object")
    return said.union(in_files, in_pages, in_names, tagged)


class _FilesHolding(Func):
    """Versions whose contents hold the words; a function of ours in the database."""

    function = "resources_files_holding"
    template = "(SELECT %(function)s(%(expressions)s))"


def _headline(query: str, terms: SearchQuery) -> Any:
    """Where the words stand: in what is said of it, else inside, around the first of them."""
    said = Concat("description_text", Value(" ", TextField()), "used_for")
    words = plain_words(query)
    if not words:
        return passage(said, terms)
    text = Coalesce("current_version__contents__text", "current_page__text")
    place = StrIndex(Lower(Substr(text, 1, LOOKED_THROUGH)), Value(words[0].lower()))
    around = Substr(text, Greatest(place - BEFORE, 1), BEFORE * 3)
    inside = Q(current_version__contents__search=terms) | Q(current_page__search=terms)
    return Case(
        When(inside & ~Q(search=terms), then=passage(around, terms)), default=passage(said, terms)
    )


def shelf(
    member: Membership, chosen: Chosen, *, query: str = "", sort: str = "", before: str = ""
) -> Shelf:
    """A page of the library by its facets; `before` is the `older` of the page in front of it.

    A search gives the best matches first, 200 at most. `sort` is one of RANKED_BY, or the newest
    first.
    """
    if query:
        return _found(member, chosen, query, before)
    counts = facet_counts(member, chosen)
    resources = narrowed(Resource.objects.visible_to(member), chosen, member)
    if sort in RANKED_BY:
        return Shelf(*ranked(resources, RANKED_BY[sort], before, PAGE), counts=counts)
    if before or chosen:
        return Shelf(*_newest(resources, before), counts=counts)
    return _opened(resources, counts)


def _found(member: Membership, chosen: Chosen, query: str, before: str) -> Shelf:
    seen, terms = Resource.objects.visible_to(member), search_query(query)
    if terms is None:
        return Shelf([], "", facet_counts(member, chosen))
    # Looked for once, and not for the counts anew.
    matching = seen.filter(pk__in=_holding(query, terms)).order_by()
    held = list(matching.values_list("pk", flat=True))
    seen = seen.filter(pk__in=_these(held))
    start = int(before) if re.fullmatch(r"\d{1,3}", before, re.ASCII) else 0
    hits = _best(narrowed(seen, chosen, member), query, terms, start, start + PAGE + 1)
    older = str(start + PAGE) if len(hits) > PAGE and start + PAGE < MOST_FOUND else ""
    return Shelf(hits[:PAGE], older, facet_counts(member, chosen, among=held))


def _newest(resources: ResourceQuerySet, before: str) -> tuple[list[Line], str]:
    return _page(lines_of(_older_than(resources.latest_first(), before)[: PAGE + 1]))


def _page(lines: list[Line]) -> tuple[list[Line], str]:
    """Of the newest first the first, and where the next page begins."""
    if len(lines) <= PAGE:
        return lines, ""
    last = lines[PAGE - 1]
    return lines[:PAGE], f"{last.created_at.isoformat()}_{last.pk}"


def _opened(resources: ResourceQuerySet, counts: Counts) -> Shelf:
    """As one comes in: what facilitators feature stands on top, and not once more below it."""
    shown = resources.filter(featured_at__isnull=False).order_by("-featured_at", "-pk")
    newest = resources.latest_first()[: MOST_FEATURED + PAGE + 1]
    # Both at once: a line costs less than a query.
    keys = shown[:MOST_FEATURED].values("pk").union(newest.values("pk"))
    lines = lines_of(resources.filter(pk__in=keys).latest_first())
    on_top = [line for line in lines if line.featured_at]
    on_top.sort(key=lambda line: (line.featured_at, line.pk), reverse=True)
    featured = on_top[:MOST_FEATURED]
    others, older = _page([line for line in lines if line not in featured])
    return Shelf(others, older, counts, featured)


def _these(pks: Iterable[int]) -> RawSQL:
    """Keys as one parameter: thousands of them cost Django and PostgreSQL their time."""
    joined = ",".join(map(str, pks))
    return RawSQL("SELECT unnest(string_to_array(%s, ',')::bigint[])", [joined])


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
