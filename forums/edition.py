"""What the edition says of discussions: new threads, and replies where the reader takes part or
follows. What concerns the reader stands first; what was mailed to them already is not repeated.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q
from django.db.models.functions import Coalesce, Left
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohort.models import Membership
from forums.models import Level, Post, Reading, Thread, ThreadTag, ThreadTheme
from forums.notices import mailed_posts
from forums.queries.following import Levels, levels_of_many
from notifications.registry import Reader, SectionItem, SectionPart, register_section

MOST_ITEMS = 10
# Enough of a post for the two lines that an edition shows of it.
EXCERPT = 240


@dataclass(slots=True)
class NewPost:
    pk: int
    number: int
    author_pk: int | None
    author_name: str
    created_at: datetime
    beginning: str


@dataclass
class News:
    """What happened for a batch of readers, loaded once for all of them."""

    threads: dict[int, Thread]
    posts: dict[int, list[NewPost]]  # by thread, in order of arrival
    read: dict[tuple[int, int], int]  # by member and thread
    taking_part: set[tuple[int, int]]
    answered: set[tuple[int, int]]  # who replied where, so that they may read the replies
    levels: dict[int, Levels]
    mailed: set[tuple[int, int]]  # by member and post


class Found(NamedTuple):
    is_for_them: bool
    moment: datetime
    item: SectionItem


def discussions_section(readers: Sequence[Reader]) -> dict[int, SectionPart]:
    """The part of each reader who has unread news that they may see and did not write.

    Six queries a batch, whatever its size.
    """
    if not readers:
        return {}
    news = _load(readers)
    parts = {}
    for reader in readers:
        found = sorted(_items(reader, news), key=lambda found: found[:2], reverse=True)
        if found:
            parts[reader.member.pk] = _part(reader, [one.item for one in found])
    return parts


def _load(readers: Sequence[Reader]) -> News:
    members = [reader.member for reader in readers]
    since = min(reader.since for reader in readers)
    threads = {
        thread.pk: thread
        for thread in Thread.objects.filter(
            cohort__in={member.cohort_id for member in members},
            last_posted_at__gte=since,
            deleted_at=None,
        )
        .select_related("space", "cohort")
        .with_themes()
        .annotate(theme_pks=_subjects(ThreadTheme), tag_pks=_subjects(ThreadTag))
    }
    posts = defaultdict(list)
    for thread_pk, *row in (
        Post.objects.filter(thread__in=threads, created_at__gte=since)
        .standing()
        .order_by("thread", "number")
        .values_list(
            "thread_id", "pk", "number", "author_id",
            Coalesce("author__user__name", "author_name"), "created_at",
            Left("body_text", EXCERPT),
        )
    ):  # fmt: skip
        posts[thread_pk].append(NewPost(*row))
    read = Reading.objects.filter(member__in=members, thread__in=threads)
    wrote = (
        Post.objects.filter(author__in=members, thread__in=threads)
        .order_by()
        .values_list("author_id", "thread_id")
        .annotate(
            standing=Count("pk", filter=Q(parent__isnull=False, deleted_at=None, hidden_at=None))
        )
    )
    written = {(member, thread): standing for member, thread, standing in wrote}
    return News(
        threads=threads,
        posts=posts,
        read={(m, t): n for m, t, n in read.values_list("member_id", "thread_id", "number")},
        taking_part=set(written),
        answered={key for key, standing in written.items() if standing},
        levels=levels_of_many(members),
        mailed=mailed_posts(members, since),
    )


def _subjects(through: type[ThreadTheme | ThreadTag]) -> ArraySubquery:
    return ArraySubquery(through.objects.filter(content_object=OuterRef("pk")).values("tag_id"))


def _items(reader: Reader, news: News) -> Iterator[Found]:
    member = reader.member
    levels = news.levels[member.pk]
    for pk, thread in news.threads.items():
        level = levels.of_thread(pk, thread.space_id)
        if level == Level.QUIET or not thread.space.is_visible_to(member):
            continue
        read = news.read.get((member.pk, pk), 0)
        unread = [
            post
            for post in news.posts.get(pk, [])
            if reader.since <= post.created_at < reader.until
            and post.number > read
            and post.author_pk != member.pk
            and (member.pk, post.pk) not in news.mailed
        ]
        if not unread:
            continue
        follows = level == Level.EVERYTHING
        if unread[0].number == 1:
            is_subject = _has_followed_subject(thread, levels)
            item = _item(thread, unread[0], _begun(thread, unread))
            yield Found(follows or is_subject, unread[0].created_at, item)
        elif follows or (member.pk, pk) in news.taking_part:
            is_open = _may_read_replies(thread, member, news)
            item = _item(thread, unread[-1], _replied(unread), show=is_open)
            yield Found(True, unread[-1].created_at, item)


def _has_followed_subject(thread: Any, levels: Levels) -> bool:
    return bool(
        levels.themes.intersection(thread.theme_pks) or levels.tags.intersection(thread.tag_pks)
    )


def _may_read_replies(thread: Thread, member: Membership, news: News) -> bool:
    has_answered = (member.pk, thread.pk) in news.answered
    return thread.is_opened_to(member, has_answered=has_answered)


def _item(thread: Thread, post: NewPost, detail: str, *, show: bool = True) -> SectionItem:
    """A line about a thread; without `show` what is written there stays closed to the reader."""
    themes = [theme for theme in thread.theme_list if not theme["is_lesson"]]  # type: ignore[attr-defined]
    url = thread.get_absolute_url()
    return SectionItem(
        title=thread.title,
        url=url if post.number == 1 or not show else f"{url}?post={post.number}#post-{post.number}",
        detail=detail,
        excerpt=post.beginning if show else _("Write your answer to read theirs."),
        label=themes[0]["name"] if themes else "",
        color=themes[0]["color"] if themes else "",
    )


def _begun(thread: Thread, unread: list[NewPost]) -> str:
    words = [_name(unread[0]), str(thread.get_kind_display())]
    if replies := len(unread) - 1:
        words.append(ngettext("%(n)d reply", "%(n)d replies", replies) % {"n": replies})
    return " · ".join(words)


def _replied(unread: list[NewPost]) -> str:
    names = list(dict.fromkeys(_name(post) for post in unread))
    who = ", ".join(names[:3])
    if len(names) > 3:
        who = _("%(names)s and others") % {"names": who}
    count = len(unread)
    return ngettext("%(n)d new reply from %(who)s", "%(n)d new replies from %(who)s", count) % {
        "n": count,
        "who": who,
    }


def _name(post: NewPost) -> str:
    return post.author_name or _("Somebody who left")


def _part(reader: Reader, items: list[SectionItem]) -> SectionPart:
    more = len(items) - MOST_ITEMS
    return SectionPart(
        title=gettext_lazy("Discussions"),
        items=items[:MOST_ITEMS],
        more=ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more} if more > 0 else "",
        more_url=reverse("forums:thread_list", args=[reader.member.cohort.slug]),
        highlights=[item.title for item in items[:3]],
    )


def register() -> None:
    register_section(discussions_section, position=20)
