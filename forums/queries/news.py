"""What is new and what waits, for other pages to show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value

from cohort.models import Membership, Tag, Theme
from forums.models import Mention, Post, Reading, Thread, ThreadQuerySet, ThreadTag
from forums.queries.following import Levels, levels_of
from forums.queries.lists import about
from forums.queries.rows import ThreadRow, rows_of

MOST_FEATURED, MOST_QUESTIONS = 2, 3
# Of what was said to somebody only so much of the latest is looked at, so that home costs the same
# for those who are answered a lot.
LOOKED_AT = 200


@dataclass(frozen=True)
class FrontPage:
    """What discussions bring to a member's home; nothing of it is quiet."""

    waiting: list[Any]  # posts, each with `names_me`, "person" or "team", or nothing for a reply
    questions: list[ThreadRow]
    featured: list[ThreadRow]
    threads: list[ThreadRow]


def front_page(member: Membership, *, most_waiting: int, rows: int) -> FrontPage:
    """Six queries, or seven, however much there is."""
    levels, themes = levels_of(member), list(Theme.objects.top())
    loud = Thread.objects.visible_to(member).filter(levels.loud())
    featured, questions, recent = _chosen(
        (loud.filter(featured_at__isnull=False), "-featured_at", MOST_FEATURED),
        (_questions(member, levels), "created_at", MOST_QUESTIONS),
        (loud, "-last_posted_at", rows + MOST_FEATURED),
    )
    recent = [pk for pk in recent if pk not in featured][:rows]
    everything = loud.filter(pk__in={*featured, *questions, *recent})
    found = {row.pk: row for row in rows_of(everything, member, levels, themes=themes)}
    return FrontPage(
        waiting=waiting_posts(member, levels, limit=most_waiting),
        questions=[found[pk] for pk in questions],
        featured=[found[pk] for pk in featured],
        threads=[found[pk] for pk in recent],
    )


def _chosen(*lists: tuple[ThreadQuerySet, str, int]) -> list[list[int]]:
    """The first threads of several lists, each in an order and so many, in one query."""
    parts = [
        threads.annotate(part=Value(part), moment=F(order.lstrip("-")))
        .order_by(order, "-pk" if order.startswith("-") else "pk")
        .values_list("part", "moment", "pk")[:most]
        for part, (threads, order, most) in enumerate(lists)
    ]
    found = sorted(parts[0].union(*parts[1:], all=True))
    return [
        [
            pk
            for its, _moment, pk in (found[::-1] if order.startswith("-") else found)
            if its == part
        ]
        for part, (_threads, order, _most) in enumerate(lists)
    ]


def waiting_posts(member: Membership, levels: Levels, limit: int = 10) -> list[Any]:
    """Others' posts that name the member or their team, or answer them, not read yet.

    The newest first; each with `names_me`: "person", "team", or nothing for a reply.
    """
    named = Q(member=member)
    if member.team_id:
        named |= Q(team=member.team_id)
    latest = Mention.objects.filter(named).order_by("-pk").values("pk")[:LOOKED_AT]
    mentions = dict(
        Mention.objects.filter(pk__in=latest)
        .filter(Exists(_unread(member, levels).filter(pk=OuterRef("post"))))
        .order_by("-post__created_at", "member")
        .values_list("post_id", "member_id")[:limit]
    )
    replies = unread_replies_to_me(member, limit, levels)
    posts = {post.pk: post for post in replies}
    missing = [pk for pk in mentions if pk not in posts]
    if missing:
        posts |= {post.pk: post for post in _with_people(Post.objects.filter(pk__in=missing))}
    for post in posts.values():
        kind = "person" if mentions.get(post.pk) else "team"
        post.names_me = kind if post.pk in mentions else ""  # type: ignore[attr-defined]
    newest = sorted(posts.values(), key=lambda post: (post.created_at, post.pk), reverse=True)
    return newest[:limit]


def unread_replies_to_me(
    member: Membership, limit: int = 10, levels: Levels | None = None
) -> QuerySet[Post]:
    """Others' standing replies to what the member wrote, not read yet, the newest first.

    Looks at the latest LOOKED_AT. With `thread` and `author.user` loaded.
    """
    mine = Post.objects.filter(author=member).values("pk")
    latest = Post.objects.filter(parent__in=mine).exclude(author=member).order_by("-pk")
    replies = _unread(member, levels or Levels()).filter(pk__in=latest.values("pk")[:LOOKED_AT])
    return _with_people(replies)[:limit]


def _unread(member: Membership, levels: Levels) -> Any:
    """Others' standing posts that the member may see and has not read."""
    read = Reading.objects.filter(
        member=member, thread=OuterRef("thread"), number__gte=OuterRef("number")
    )
    posts = Post.objects.visible_to(member).standing().filter(levels.loud("thread__"))
    return posts.filter(~Q(author=member), ~Exists(read))


def _with_people(posts: Any) -> Any:
    return (
        posts.select_related("thread__cohort", "author__user")
        .defer("thread__search", "body")
        .order_by("-created_at", "-pk")
    )


def recent_threads(
    member: Membership, limit: int = 8, since: datetime | None = None
) -> list[ThreadRow]:
    """The visible threads in which something happened last, as rows; nothing quiet."""
    levels = levels_of(member)
    threads = Thread.objects.visible_to(member).filter(levels.loud())
    if since:
        threads = threads.filter(last_posted_at__gt=since)
    return rows_of(threads.order_by("-last_posted_at", "-pk")[:limit], member, levels)


def unanswered_questions(
    member: Membership,
    limit: int = 5,
) -> list[ThreadRow]:
    """Visible questions of others that no reply has settled, the longest waiting first.

    Where the member follows themes or tags, only those about them.
    """
    levels = levels_of(member)
    oldest_first = _questions(member, levels).order_by("created_at", "pk")
    return rows_of(oldest_first[:limit], member, levels)


def _questions(member: Membership, levels: Levels) -> ThreadQuerySet:
    questions = Thread.objects.visible_to(member).unanswered().exclude(author=member)
    questions = questions.filter(levels.loud())
    if levels.themes or levels.tags:
        questions = questions.filter(levels.subjects)
    return questions


def theme_threads(
    member: Membership, theme: Theme, levels: Levels, themes: Iterable[Theme], limit: int = 30
) -> list[ThreadRow]:
    """Visible threads of a theme (a theme has its sub-lessons' too), the latest first.

    `levels` are what the member hears of, `themes` those that rows name.
    """
    threads = about(Thread.objects.visible_to(member), theme).latest_first()
    return rows_of(threads[:limit], member, levels, themes=themes)


def tag_threads(member: Membership, tag: Tag, levels: Levels, limit: int = 30) -> list[ThreadRow]:
    """Visible threads with a tag, the latest first."""
    tagged = ThreadTag.objects.filter(tag=tag).values("content_object")
    threads = Thread.objects.visible_to(member).filter(pk__in=tagged).latest_first()
    return rows_of(threads[:limit], member, levels)
