"""What the edition says of discussions: new threads, and replies where the reader takes part."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Left
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from forums.models import Post, Reading, Thread
from notifications.registry import Reader, SectionItem, SectionPart, register_section

MOST_ITEMS = 10
# Enough of a post for the two lines that an edition shows of it.
EXCERPT = 240


@dataclass(slots=True)
class NewPost:
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


def discussions_section(readers: Sequence[Reader]) -> dict[int, SectionPart]:
    """The part of each reader who has unread news that they may see and did not write.

    Four queries a batch, whatever its size.
    """
    if not readers:
        return {}
    news = _load(readers)
    parts = {}
    for reader in readers:
        found = sorted(_items(reader, news), key=lambda pair: pair[0], reverse=True)
        if found:
            parts[reader.member.pk] = _part(reader, [item for _moment, item in found])
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
    }
    posts = defaultdict(list)
    for thread_pk, *row in (
        Post.objects.filter(thread__in=threads, created_at__gte=since)
        .standing()
        .order_by("thread", "number")
        .values_list(
            "thread_id", "number", "author_id", "author__user__name", "created_at",
            Left("body_text", EXCERPT),
        )
    ):  # fmt: skip
        posts[thread_pk].append(NewPost(*row))
    read = Reading.objects.filter(member__in=members, thread__in=threads)
    wrote = Post.objects.filter(author__in=members, thread__in=threads)
    return News(
        threads=threads,
        posts=posts,
        read={(m, t): n for m, t, n in read.values_list("member_id", "thread_id", "number")},
        taking_part=set(wrote.values_list("author_id", "thread_id").distinct()),
    )


def _items(reader: Reader, news: News) -> Iterator[tuple[datetime, SectionItem]]:
    member = reader.member
    for pk, thread in news.threads.items():
        if not thread.space.is_visible_to(member):
            continue
        read = news.read.get((member.pk, pk), 0)
        unread = [
            post
            for post in news.posts.get(pk, [])
            if reader.since <= post.created_at < reader.until
            and post.number > read
            and post.author_pk != member.pk
        ]
        if not unread:
            continue
        if unread[0].number == 1:
            yield unread[0].created_at, _item(thread, unread[0], _begun(thread, unread))
        elif (member.pk, pk) in news.taking_part:
            yield unread[-1].created_at, _item(thread, unread[-1], _replied(unread))


def _item(thread: Thread, post: NewPost, detail: str) -> SectionItem:
    themes = [theme for theme in thread.theme_list if not theme["is_lesson"]]  # type: ignore[attr-defined]
    url = thread.get_absolute_url()
    return SectionItem(
        title=thread.title,
        url=url if post.number == 1 else f"{url}?post={post.number}#post-{post.number}",
        detail=detail,
        excerpt=post.beginning,
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
