"""Threads as rows of a list: what a row shows, made ready so that a template only places it."""
# ruff: noqa: S611 (constants, and parameters beside them)

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohort.models import Membership, Theme
from forums.models import Level, Thread, ThreadQuerySet
from forums.queries.following import Levels
from forums.queries.people import picture_of
from forums.queries.times import Clock


class Stored(NamedTuple):
    pk: int
    kind: str
    title: str
    created_at: datetime
    pinned_at: datetime | None
    closed_at: datetime | None
    answer_pk: int | None
    space_pk: int
    space: str
    last_posted_at: datetime
    last_number: int
    reply_count: int
    read_number: int | None
    theme_pks: list[int]
    author: list[str] | None  # key, name, picture
    last_name: str | None


@dataclass(slots=True)
class ThreadRow:
    """A thread as a list shows it. Of what is quiet nothing is unread."""

    pk: int
    url: str
    title: str
    created_at: datetime
    last_posted_at: datetime
    is_unopened: bool
    unread: int  # posts not read of a thread that was opened
    classes: str
    picture: SafeString
    author: str
    link: SafeString
    marks: SafeString  # what it is, as badges, and its themes as chips
    facts: SafeString  # who, where and when
    activity: SafeString
    replies: str
    side: SafeString


# By hand: put together by the ORM these cost four times what PostgreSQL needs to answer them.
# People are looked up and not joined, which would double the ways in which it may go about it.
_SPACE = "SELECT name FROM forums_space WHERE id = forums_thread.space_id"
_READ = "SELECT number FROM forums_reading WHERE thread_id = forums_thread.id AND member_id = %s"
_THEMES = "ARRAY(SELECT tag_id FROM forums_threadtheme WHERE content_object_id = forums_thread.id)"
_AUTHOR = """
SELECT ARRAY[person.id::text, person.name, person.photo]
FROM cohort_membership member JOIN cohort_user person ON person.id = member.user_id
WHERE member.id = forums_thread.author_id
"""
_LAST_NAME = """
SELECT person.name
FROM cohort_membership member JOIN cohort_user person ON person.id = member.user_id
WHERE member.id = forums_thread.last_post_by_id
"""


def rows_of(
    threads: ThreadQuerySet,
    member: Membership,
    levels: Levels,
    *,
    themes: Iterable[Theme] | None = None,
    shows_space: bool = True,
    is_waiting: bool = False,
) -> list[ThreadRow]:
    """The rows of threads that the member may see, in their order.

    One query; one more without `themes`. With `is_waiting` a row says since when it waits for an
    answer.
    """
    shaper = _Shaper(member, levels, themes, shows_space=shows_space, is_waiting=is_waiting)
    return [shaper.row(thread) for thread in _stored(threads, member)]


def _stored(threads: ThreadQuerySet, member: Membership) -> list[Stored]:
    rows = threads.values_list(
        "pk", "kind", "title", "created_at", "pinned_at", "closed_at", "answer_id", "space_id",
        RawSQL(_SPACE, []), "last_posted_at", "last_number", "reply_count",
        RawSQL(_READ, [member.pk]), RawSQL(_THEMES, []), RawSQL(_AUTHOR, []),
        RawSQL(_LAST_NAME, []),
    )  # fmt: skip
    return [Stored(*values) for values in rows]


class _Shaper:
    """Makes rows of threads; words that come again are looked up once a page."""

    def __init__(
        self,
        member: Membership,
        levels: Levels,
        themes: Iterable[Theme] | None,
        *,
        shows_space: bool,
        is_waiting: bool,
    ) -> None:
        self.may_write, self.levels = member.may_write, levels
        self.shows_space, self.is_waiting = shows_space, is_waiting
        themes = Theme.objects.top() if themes is None else themes
        self.themes = {theme.pk: theme for theme in themes if not theme.is_lesson}
        self.clock = Clock()
        self.list_url = reverse("forums:thread_list", args=[member.cohort.slug])
        self.gone, self.new = _("Somebody who left"), _("new")
        self.unopened = _("(not opened yet)")
        self.replied, self.asked = _("{name} replied {when}"), _("asked {when}")
        self.known_replies: dict[int, str] = {}
        self.known_marks: dict[Any, SafeString] = {}

    def row(self, thread: Stored) -> ThreadRow:
        read = thread.read_number
        is_quiet = self.levels.of_thread(thread.pk, thread.space_pk) == Level.QUIET
        is_unopened = not read and self.may_write and not is_quiet
        unread = max(0, thread.last_number - read) if read and not is_quiet else 0
        is_new = bool(is_unopened or unread)
        author, picture = self._author(thread)
        activity = self._activity(thread)
        replies = self._replies(thread.reply_count)
        url = f"{self.list_url}{thread.pk}/"
        return ThreadRow(
            pk=thread.pk,
            url=url,
            title=thread.title,
            created_at=thread.created_at,
            last_posted_at=thread.last_posted_at,
            is_unopened=is_unopened,
            unread=unread,
            classes=f"row{' row--new' if is_new else ' row--read' if read else ''}",
            picture=picture,
            author=author,
            link=self._link(url, thread.title, unread, is_unopened),
            marks=self._marks_of(thread),
            facts=self._facts(author, thread.space, activity),
            activity=activity,
            replies=replies,
            side=self._side(replies, unread),
        )

    def _author(self, thread: Stored) -> tuple[str, SafeString]:
        if thread.author is None:
            return self.gone, SafeString("")
        key, name, photo = thread.author
        return name, picture_of(int(key), name, photo)

    def _link(self, url: str, title: str, unread: int, is_unopened: bool) -> SafeString:
        place = "#new" if unread else ""
        link = f'<a class="cover" href="{url}{place}">{escape(title)}</a>'
        if is_unopened:
            link += f'<span class="visually-hidden"> {self.unopened}</span>'
        return SafeString(link)

    def _activity(self, thread: Stored) -> SafeString:
        if self.is_waiting:
            words = self.asked.format(when=self.clock.ago(thread.created_at))
        elif thread.reply_count:
            name = escape(thread.last_name or self.gone)
            words = self.replied.format(name=name, when=self.clock.ago(thread.last_posted_at))
        else:
            return self.clock.ago(thread.created_at)
        return SafeString(words)

    def _facts(self, author: str, space: str, activity: SafeString) -> SafeString:
        place = f"<span>{escape(space)}</span>" if self.shows_space else ""
        facts = f"<span>{escape(author)}</span>{place}<span>{activity}</span>"
        return SafeString(facts)

    def _side(self, replies: str, unread: int) -> SafeString:
        new = f'<br><span class="badge badge--accent">{unread} {self.new}</span>' if unread else ""
        return SafeString(f"{replies}{new}")

    def _replies(self, count: int) -> str:
        words = self.known_replies.get(count)
        if words is None:
            words = ngettext("%(n)d reply", "%(n)d replies", count) % {"n": count}
            self.known_replies[count] = words
        return words

    def _marks_of(self, thread: Stored) -> SafeString:
        key = (
            thread.pinned_at is None,
            thread.kind,
            thread.answer_pk is None,
            thread.closed_at is None,
            *thread.theme_pks,
        )
        marks = self.known_marks.get(key)
        if marks is None:
            marks = self.known_marks[key] = self._marks(thread)
        return marks

    def _marks(self, thread: Stored) -> SafeString:
        themes = [theme for pk, theme in self.themes.items() if pk in thread.theme_pks]
        is_special = thread.kind != Thread.Kind.DISCUSSION
        badges = [
            (bool(thread.pinned_at), "badge badge--accent", _("Pinned")),
            (is_special, "badge", Thread.Kind(thread.kind).label),
            (bool(thread.answer_pk), "badge badge--good", _("Answered")),
            (bool(thread.closed_at), "badge", _("Closed")),
            *((True, f"chip hue-{theme.color}", theme.name) for theme in themes),
        ]
        shown = (
            format_html('<span class="{}">{}</span>', css, word)
            for is_so, css, word in badges
            if is_so
        )
        return SafeString("".join(shown))
