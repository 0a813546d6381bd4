"""What is new and what waits, for other pages to show."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Value

from cohort.models import Membership, Tag, Theme
from forums.models import Thread, ThreadQuerySet, ThreadTag
from forums.queries.following import Levels, levels_of
from forums.queries.lists import about
from forums.queries.rows import ThreadRow, rows_of
from forums.queries.waiting import waiting_posts

MOST_FEATURED, MOST_QUESTIONS = 2, 3


@dataclass(frozen=True)
class FrontPage:
    """What discussions bring to a member's home; nothing of it is quiet."""

    waiting: list[Any]  # posts, each with `names_me`, "person" or "team", or nothing for a reply
    questions: list[ThreadRow]
    featured: list[ThreadRow]
    threads: list[ThreadRow]


def front_page(member: Membership, *, most_waiting: int, rows: int) -> FrontPage:
    """Five queries, or six, however much there is."""
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
