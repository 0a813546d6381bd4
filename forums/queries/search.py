"""Full-text search over threads and their posts: one hit per thread, its best post first."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any, overload

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    Count,
    ExpressionWrapper,
    F,
    FloatField,
    Q,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Extract, Left
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cohort.models import Membership
from cohort.search import START, Narrowing, excerpt, marked, passage, search_query, whole
from forums.models import Post, PostQuerySet, Space, Thread, ThreadQuerySet, ThreadTag, ThreadTheme

# Of a common word only the latest matches are ranked, so that its cost does not grow with the year.
MOST_POSTS = 400
MOST_TITLES = 200
FRESH_FOR_DAYS = 45.0
# Among many posts a rare beginning of a word is looked up in the index of words, and a common one
# in the latest posts until enough were found. Of beginnings PostgreSQL cannot tell which it is, so
# that some of the latest are asked first. Among few it is right either way.
MANY_POSTS = 50_000
SAMPLE = 1000
COMMON_IN_SAMPLE = 12
COUNT_POSTS_EVERY = 600.0  # seconds
OPENING_LETTERS = 220

# (rank, thread, post or 0 for the title): sorts as hits do.
Ranked = tuple[float, int, int]


@dataclass(slots=True)
class ThreadHit:
    """A thread that matched, where its best passage stands, and that passage with marks (HTML)."""

    thread_pk: int
    title: SafeString
    kind: str
    space_pk: int
    replies: int
    post_number: int
    author: str
    posted_at: datetime
    headline: SafeString
    in_file_name: bool
    url: str


class ThreadHits(Sequence[ThreadHit]):
    """The hits of one search, best first. Counting them costs no more than the first slice."""

    def __init__(
        self,
        member: Membership,
        query: SearchQuery | None,
        posts: PostQuerySet,
        threads: ThreadQuerySet,
    ) -> None:
        self._member, self._query, self._posts, self._threads = member, query, posts, threads

    def __len__(self) -> int:
        return len(self._ranked)

    @property
    def is_cut(self) -> bool:
        """Whether so much matched that only the latest was looked at."""
        return len(self._found) >= MOST_POSTS

    @overload
    def __getitem__(self, place: int) -> ThreadHit: ...
    @overload
    def __getitem__(self, place: slice) -> list[ThreadHit]: ...
    def __getitem__(self, place: int | slice) -> ThreadHit | list[ThreadHit]:
        if isinstance(place, slice):
            return self._load(self._ranked[place])
        return self._load([self._ranked[place]])[0]

    @cached_property
    def _found(self) -> list[tuple[int, int, float, float]]:
        """(thread, post or 0, second it was written in, relevance) of the latest matches."""
        # A number costs a fifth of a moment, and there are hundreds.
        second = Cast(Extract("created_at", "epoch"), FloatField())
        rank: Any = Value(0.0, FloatField())
        posts, threads = self._posts, self._threads
        if self._query is not None:
            rank = SearchRank(F("search"), self._query)
            posts = posts.filter(search=self._query)
            threads = threads.filter(search=self._query)
        order: Any = F("created_at")
        if self._query is not None and _are_many() and not _is_common(self._query):
            # What no index is in the order of: the matches are sorted then, and not searched for.
            order = F("created_at") + timedelta(0)
        latest = posts.order_by(order.desc()).values_list("thread_id", "pk", second, rank)
        titled = threads.order_by("-created_at").values_list("pk", Value(0), second, rank)
        if self._query is None:
            return list(latest[:MOST_POSTS])
        return list(latest[:MOST_POSTS].union(titled[:MOST_TITLES], all=True))

    @cached_property
    def _ranked(self) -> list[Ranked]:
        """One for each thread, best first."""
        now = timezone.now().timestamp()
        best: dict[int, Ranked] = {}
        for thread_pk, post_pk, second, relevance in self._found:
            hit = ((relevance or 0.01) * _freshness(now - second), thread_pk, post_pk)
            best[thread_pk] = max(hit, best.get(thread_pk, hit))
        return sorted(best.values(), reverse=True)

    def _load(self, ranked: list[Ranked]) -> list[ThreadHit]:
        """Names and passages of these hits only, in one query more."""
        if not ranked:
            return []
        posts = {post_pk for _rank, _thread, post_pk in ranked if post_pk}
        by_title = {thread_pk for _rank, thread_pk, post_pk in ranked if not post_pk}
        places = Q(pk__in=posts) | Q(thread__in=by_title, parent=None)
        # What was found is in sight already.
        rows = Post.objects.filter(places).values_list(
            "thread_id", "number", "parent_id", "created_at", "author__user__name", "author_name",
            "thread__kind", "thread__space_id", "thread__reply_count", *self._words(),
        )  # fmt: skip
        listed = reverse("forums:thread_list", args=[self._member.cohort.slug])
        hits = {row[0]: _hit(listed, row) for row in rows}
        return [hits[thread_pk] for _rank, thread_pk, _post in ranked if thread_pk in hits]

    def _words(self) -> tuple[Any, Any, Any]:
        """Title, passage and file names as text with what matched."""
        if self._query is None:
            return F("thread__title"), _of_standing(Left("body_text", OPENING_LETTERS)), Value("")
        return (
            whole("thread__title", self._query),
            _of_standing(passage("body_text", self._query)),
            _of_standing(whole("attached_names", self._query)),
        )


def _of_standing(text: Any) -> Case:
    """A post's text unless it was removed or hidden."""
    stands = When(Q(deleted_at=None, hidden_at=None), then=text)
    return Case(stands, default=Value(""), output_field=TextField())


def _hit(listed: str, row: tuple[Any, ...]) -> ThreadHit:
    (
        thread_pk,
        number,
        parent,
        moment,
        name,
        outsider,
        kind,
        space,
        replies,
        title,
        text,
        files,
    ) = row
    url = f"{listed}{thread_pk}/"
    return ThreadHit(
        thread_pk=thread_pk,
        title=marked(title),
        kind=kind,
        space_pk=space,
        replies=replies,
        post_number=number,
        author=name or outsider or _("Somebody who left"),
        posted_at=moment,
        headline=marked(excerpt(text)),
        in_file_name=START in files and START not in text,
        url=f"{url}?post={number}#post-{number}" if parent else url,
    )


def search_threads(
    member: Membership,
    query: str,
    narrow: Narrowing | None = None,
    *,
    spaces: Iterable[int] | None = None,
    any_closed: bool = True,
) -> ThreadHits:
    """Visible threads whose title, posts or file names hold the words, in any order.

    Phrases in quotes, `or` and `-word` work; the last word may be a beginning. Without words it
    gives the latest of what it is narrowed to, and without that nothing. A caller who knows them
    already gives the `spaces` that the member sees, and whether any thread asks for answers first.
    """
    narrow = narrow or Narrowing()
    if spaces is None:
        spaces = Space.objects.visible_to(member).values_list("pk", flat=True)
    rooms = [pk for pk in spaces if narrow.space in (None, pk)]
    posts = posts_in_sight(member, rooms, any_closed=any_closed)
    threads = threads_in_sight(member, rooms)
    terms = search_query(query)
    if terms is None and narrow == Narrowing(at=narrow.at):
        posts, threads = posts.none(), threads.none()
    return ThreadHits(member, terms, *_narrowed(posts, threads, narrow))


def _narrowed(
    posts: PostQuerySet, threads: ThreadQuerySet, narrow: Narrowing
) -> tuple[PostQuerySet, ThreadQuerySet]:
    if narrow.themes:
        items = ThreadTheme.objects.filter(tag__in=narrow.themes).values("content_object")
        posts, threads = posts.filter(thread__in=items), threads.filter(pk__in=items)
    if narrow.tag:
        tagged = ThreadTag.objects.filter(tag__name__iexact=narrow.tag).values("content_object")
        posts, threads = posts.filter(thread__in=tagged), threads.filter(pk__in=tagged)
    if narrow.kind:
        posts, threads = posts.filter(thread__kind=narrow.kind), threads.filter(kind=narrow.kind)
    if narrow.team:
        # Written by somebody of the team, or in its own space.
        posts = posts.filter(Q(author__team=narrow.team) | Q(thread__space__team=narrow.team))
        threads = threads.filter(Q(author__team=narrow.team) | Q(space__team=narrow.team))
    if narrow.authors:
        posts = posts.filter(author__in=narrow.authors)
        threads = threads.filter(author__in=narrow.authors)
    elif narrow.author_name:
        named = ~Q(author_name="") & Q(author_name__unaccent__icontains=narrow.author_name)
        posts, threads = posts.filter(named), threads.none()
    for bound, moment in (
        ("gte", narrow.since), ("lt", narrow.until), ("lte", narrow.at)
    ):  # fmt: skip
        if moment:
            posts = posts.filter(**{f"created_at__{bound}": moment})
            threads = threads.filter(**{f"created_at__{bound}": moment})
    return posts, threads


def threads_in_sight(member: Membership, spaces: Iterable[int]) -> ThreadQuerySet:
    """The same threads as `Thread.objects.visible_to`, of the spaces that the member sees."""
    return Thread.objects.filter(
        cohort_id=member.cohort_id, deleted_at=None, space__in=list(spaces)
    )


def posts_in_sight(
    member: Membership, spaces: Iterable[int], *, any_closed: bool = True
) -> PostQuerySet:
    """The standing posts of `Post.objects.visible_to`, in words that the planner weighs right.

    Spaces are given by key, since it takes a join to them for a rare match, and threads still
    closed to the member are found once, since it takes a question in each row for a dear one:
    either way it would read every post there is.
    """
    posts = Post.objects.filter(
        deleted_at=None,
        hidden_at=None,
        thread__cohort_id=member.cohort_id,
        thread__deleted_at=None,
        thread__space__in=list(spaces),
    )
    if member.is_facilitator or not any_closed:
        return posts
    asking = Thread.objects.filter(cohort_id=member.cohort_id, answers_first=True)
    closed = asking.awaiting_answer_of(member).values("pk")
    return posts.filter(Q(parent=None) | Q(author=member) | ~Q(thread__in=closed))


def _is_common(query: SearchQuery) -> bool:
    """Whether many of the latest posts hold the words, whoever may read them."""
    holds = ExpressionWrapper(Q(search=query), output_field=BooleanField())
    latest = Post.objects.order_by("-created_at").annotate(holds=holds)[:SAMPLE]
    found = latest.aggregate(found=Count("pk", filter=Q(holds=True)))["found"]
    return bool(found >= COMMON_IN_SAMPLE)


def _are_many() -> bool:
    return _posts_counted(int(time.monotonic() / COUNT_POSTS_EVERY)) >= MANY_POSTS


@lru_cache(maxsize=1)
def _posts_counted(_window: int) -> int:
    """About how many posts there are in all, as PostgreSQL last counted them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [Post._meta.db_table]
        )
        return int(cursor.fetchone()[0])


def _freshness(seconds: float) -> float:
    """Twice as much for what was written just now as for what is old."""
    days = max(0.0, seconds / 86400)
    return 1.0 + FRESH_FOR_DAYS / (FRESH_FOR_DAYS + days)
