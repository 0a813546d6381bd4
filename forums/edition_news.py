"""What happened in discussions for a batch of the edition's readers, loaded once for all."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q
from django.db.models.functions import Coalesce, Left

from cohort.models import Audience, Theme
from forums.models import Mention, Post, Reading, Thread, ThreadTag, ThreadTheme
from forums.notices import mailed_posts
from forums.queries.following import Levels, levels_of_many
from notifications.sections import Group, Reader

# Enough of a post for the lines that an edition shows of it.
EXCERPT = 280


@dataclass(slots=True)
class NewPost:
    pk: int
    number: int
    author_pk: int | None
    author_name: str
    answers_pk: int | None  # whose post it answers
    created_at: datetime
    beginning: str


@dataclass(slots=True)
class NewsThread:
    """A thread with what was written in it, and all that is the same for every reader of it."""

    thread: Thread
    url: str
    group: Group | None
    is_shared: bool  # with the whole cohort
    subjects: tuple[frozenset[int], frozenset[int]]  # themes, tags
    posts: list[NewPost]


@dataclass
class News:
    threads: dict[int, list[NewsThread]]  # by cohort
    read: dict[tuple[int, int], int]  # by member and thread
    taking_part: set[tuple[int, int]]
    answered: set[tuple[int, int]]  # who replied where, so that they may read the replies
    levels: dict[int, Levels]
    named: dict[int, set[int]]  # members, by post
    named_teams: dict[int, set[int]]  # teams, by post
    mailed: set[tuple[int, int]]  # by member and post


def load_news(readers: Sequence[Reader]) -> News:
    """Eight queries, whatever the size of the batch."""
    members = [reader.member for reader in readers]
    since = min(reader.since for reader in readers)
    threads = _threads(readers)
    posts = _posts(threads, since)
    tops = _tops()
    read = Reading.objects.filter(member__in=members, thread__in=threads)
    written = _written(members, threads)
    named, named_teams = _named(threads, since)
    news: dict[int, list[NewsThread]] = defaultdict(list)
    for pk, thread in threads.items():
        if pk in posts:
            news[thread.cohort_id].append(_news_thread(thread, posts[pk], tops))
    return News(
        threads=news,
        read={(m, t): n for m, t, n in read.values_list("member_id", "thread_id", "number")},
        taking_part=set(written),
        answered={key for key, standing in written.items() if standing},
        levels=levels_of_many(members),
        named=named,
        named_teams=named_teams,
        mailed=mailed_posts(members, since),
    )


def _threads(readers: Sequence[Reader]) -> dict[int, Thread]:
    """Of each cohort as far back as one of its readers asks."""
    oldest: dict[int, datetime] = {}
    for reader in readers:
        cohort = reader.member.cohort_id
        oldest[cohort] = min(reader.since, oldest.get(cohort, reader.since))
    windows = Q(pk__in=[])
    for cohort, since in oldest.items():
        windows |= Q(cohort=cohort, last_posted_at__gte=since)
    threads = (
        Thread.objects.filter(windows, deleted_at=None)
        .select_related("space", "cohort")
        .annotate(theme_pks=_subjects(ThreadTheme), tag_pks=_subjects(ThreadTag))
    )
    return {thread.pk: thread for thread in threads}


def _subjects(through: type[ThreadTheme | ThreadTag]) -> ArraySubquery:
    return ArraySubquery(through.objects.filter(content_object=OuterRef("pk")).values("tag_id"))


def _posts(threads: dict[int, Thread], since: datetime) -> dict[int, list[NewPost]]:
    posts = defaultdict(list)
    for thread_pk, *row in (
        Post.objects.filter(thread__in=threads, created_at__gte=since)
        .standing()
        .order_by("thread", "number")
        .values_list(
            "thread_id", "pk", "number", "author_id",
            Coalesce("author__user__name", "author_name"), "parent__author_id", "created_at",
            Left("body_text", EXCERPT),
        )
    ):  # fmt: skip
        posts[thread_pk].append(NewPost(*row))
    return posts


def _tops() -> dict[int, Theme]:
    """Under which theme each theme stands: a sub-lesson under the one it belongs to."""
    themes = {theme.pk: theme for theme in Theme.objects.all()}
    return {pk: themes[theme.parent_id or pk] for pk, theme in themes.items()}


def _group(thread: Any, tops: dict[int, Theme]) -> Group | None:
    of = [tops[pk] for pk in thread.theme_pks if pk in tops]
    if not of:
        return None
    first = min(of, key=lambda theme: theme.position)
    return Group(first.name, first.color, first.position, first.url_in(thread.cohort.slug))


def _news_thread(thread: Any, posts: list[NewPost], tops: dict[int, Theme]) -> NewsThread:
    return NewsThread(
        thread=thread,
        url=thread.get_absolute_url(),
        group=_group(thread, tops),
        is_shared=thread.space.audience == Audience.COHORT,
        subjects=(frozenset(thread.theme_pks), frozenset(thread.tag_pks)),
        posts=posts,
    )


def _written(members: Sequence[Any], threads: dict[int, Thread]) -> dict[tuple[int, int], int]:
    """Where each has written, and how many replies of theirs stand there."""
    rows = (
        Post.objects.filter(author__in=members, thread__in=threads)
        .order_by()
        .values_list("author_id", "thread_id")
        .annotate(
            standing=Count("pk", filter=Q(parent__isnull=False, deleted_at=None, hidden_at=None))
        )
    )
    return {(member, thread): standing for member, thread, standing in rows}


def _named(
    threads: dict[int, Thread], since: datetime
) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    members: dict[int, set[int]] = defaultdict(set)
    teams: dict[int, set[int]] = defaultdict(set)
    rows = Mention.objects.filter(post__thread__in=threads, post__created_at__gte=since)
    for post, member, team in rows.values_list("post_id", "member_id", "team_id"):
        if member:
            members[post].add(member)
        else:
            teams[post].add(team)
    return members, teams
