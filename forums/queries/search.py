"""Full-text search over threads and their posts: one hit per thread, its best post first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, reduce
from operator import or_
from typing import Any, overload

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.utils import timezone
from django.utils.safestring import SafeString

from cohort.models import Membership, Theme
from cohort.search import START, STOP, marked, search_query
from forums.models import Post, PostQuerySet, Space, Thread, ThreadQuerySet
from forums.queries.lists import name_authors, shown_in_lists

# Of a common word only the latest matches are ranked, so that its cost does not grow with the year.
MOST_POSTS = 800
MOST_TITLES = 300
FRESH_FOR_DAYS = 45.0


@dataclass(slots=True)
class ThreadHit:
    """A thread that matched, where its best passage stands, and that passage with marks (HTML)."""

    thread: Thread
    rank: float
    post_number: int
    headline: SafeString
    url: str


class ThreadHits(Sequence[ThreadHit]):
    """The hits of one search, best first. Counting them costs no more than the first slice."""

    def __init__(
        self, member: Membership, query: SearchQuery, posts: PostQuerySet, threads: ThreadQuerySet
    ) -> None:
        self._member, self._query, self._posts, self._threads = member, query, posts, threads

    def __len__(self) -> int:
        return len(self._ranked)

    def count(self, _hit: Any = None) -> int:
        """How many threads matched, as a queryset would say it."""
        return len(self._ranked)

    @overload
    def __getitem__(self, place: int) -> ThreadHit: ...
    @overload
    def __getitem__(self, place: slice) -> list[ThreadHit]: ...
    def __getitem__(self, place: int | slice) -> ThreadHit | list[ThreadHit]:
        if isinstance(place, slice):
            return self._load(self._ranked[place])
        return self._load([self._ranked[place]])[0]

    @cached_property
    def _ranked(self) -> list[tuple[float, int, int]]:
        """(rank, thread, number of its best post), best first."""
        rank = SearchRank(F("search"), self._query)
        # Chosen first and ranked then: ranking reads the words of a post, which choosing does not.
        latest = self._posts.filter(search=self._query).order_by("-pk").values("pk")[:MOST_POSTS]
        found = list(
            Post.objects.filter(pk__in=latest).values_list(
                "thread_id", "number", "created_at", rank
            )
        )
        found += (
            self._threads.filter(search=self._query)
            .order_by("-pk")
            .values_list("pk", Value(1), "last_posted_at", rank)[:MOST_TITLES]
        )
        now = timezone.now()
        best: dict[int, tuple[float, int, int]] = {}
        for thread_pk, number, moment, relevance in found:
            hit = (relevance * _freshness(moment, now), thread_pk, number)
            best[thread_pk] = max(hit, best.get(thread_pk, hit))
        return sorted(best.values(), reverse=True)

    def _load(self, ranked: list[tuple[float, int, int]]) -> list[ThreadHit]:
        """Names and passages of these hits only, in two queries more."""
        pks = [thread_pk for _rank, thread_pk, _number in ranked]
        listed = shown_in_lists(Thread.objects.visible_to(self._member), self._member)
        threads = {thread.pk: thread for thread in listed.filter(pk__in=pks)}
        name_authors(self._member, list(threads.values()))
        passages = self._passages(ranked)
        hits = []
        for rank, pk, number in ranked:
            if thread := threads.get(pk):
                thread.cohort = self._member.cohort
                url = thread.get_absolute_url()
                if number > 1:
                    url = f"{url}?post={number}#post-{number}"
                hits.append(
                    ThreadHit(thread, rank, number, passages.get((pk, number), SafeString("")), url)
                )
        return hits

    def _passages(self, ranked: list[tuple[float, int, int]]) -> dict[tuple[int, int], SafeString]:
        if not ranked:
            return {}
        places = reduce(or_, (Q(thread=pk, number=number) for _rank, pk, number in ranked))
        headline = SearchHeadline(
            "body_text",
            self._query,
            config="english",
            start_sel=START,
            stop_sel=STOP,
            max_words=32,
            min_words=16,
            max_fragments=0,
        )
        passages = Post.objects.filter(places).values_list("thread_id", "number", headline)
        return {(thread_pk, number): marked(text) for thread_pk, number, text in passages}


def search_threads(
    member: Membership,
    query: str,
    *,
    theme: Theme | None = None,
    kind: str = "",
    space: Space | None = None,
    author: Membership | None = None,
    since: datetime | None = None,
) -> ThreadHits:
    """Visible threads whose title or posts hold the words, in any order.

    Phrases in quotes, `or` and `-word` work; the last word may be a beginning.
    """
    search = search_query(query)
    posts = posts_in_sight(member)
    threads = Thread.objects.visible_to(member)
    if search is None:
        posts, threads, search = posts.none(), threads.none(), SearchQuery("")
    if theme:
        posts, threads = posts.filter(thread__themes=theme), threads.filter(themes=theme)
    if kind:
        posts, threads = posts.filter(thread__kind=kind), threads.filter(kind=kind)
    if space:
        posts, threads = posts.filter(thread__space=space), threads.filter(space=space)
    if author:
        posts, threads = posts.filter(author=author), threads.filter(author=author)
    if since:
        posts, threads = posts.filter(created_at__gte=since), threads.filter(created_at__gte=since)
    return ThreadHits(member, search, posts, threads)


def posts_in_sight(member: Membership) -> PostQuerySet:
    """The same posts as `Post.objects.visible_to`, in words that keep the planner to the posts.

    Given joins it walks the threads and compares the text of every post in them; a subquery that
    it cannot turn into a join leaves it the index of words, or the posts from the newest back.
    """
    room = Thread.objects.filter(
        pk=OuterRef("thread_id"), cohort_id=member.cohort_id, deleted_at=None
    ).values("space_id")
    spaces = list(Space.objects.visible_to(member).values_list("pk", flat=True))
    return Post.objects.standing().alias(room=Subquery(room)).filter(room__in=spaces)


def _freshness(moment: datetime, now: datetime) -> float:
    """Twice as much for what was written just now as for what is old."""
    days = max(0.0, (now - moment).total_seconds() / 86400)
    return 1.0 + FRESH_FOR_DAYS / (FRESH_FOR_DAYS + days)
