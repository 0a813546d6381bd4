"""The list of threads: filters, and pages that neither skip nor repeat while threads move."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohort.models import Membership, Tag, Team, Theme
from cohort.templatetags.ui import avatar
from forums.models import (
    Bookmark,
    Level,
    Post,
    Space,
    Thread,
    ThreadQuerySet,
    ThreadTag,
    ThreadTheme,
)
from forums.queries.following import Levels, levels_of
from forums.queries.times import Clock

NAME, PHOTO = "user__name", "user__photo"
PER_PAGE = 30
SHOWS = ("all", "unread", "new", "following", "mine", "saved", "unanswered")
# Unread threads are counted among so many of the latest, so that the count costs the same in any
# year; beyond a hundred nobody reads the number.
LOOKED_AT = 300
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Filters:
    """What a reader asked the list for. `show` is one of SHOWS, `sort` is activity or new.

    Unanswered questions stand by age, the longest waiting first, unless asked for the newest.
    """

    space: Space | None = None
    theme: Theme | None = None
    tag: Tag | None = None
    team: Team | None = None
    kind: str = ""
    show: str = "all"
    sort: str = "activity"

    @property
    def chosen(self) -> bool:
        """Whether anything but a tab or a space was asked for."""
        return bool(self.theme or self.tag or self.team or self.kind or self.sort == "new")

    @property
    def narrow(self) -> bool:
        return bool(self.chosen or self.space or self.show != "all")

    @property
    def is_by_age(self) -> bool:
        return self.show == "unanswered" and self.sort != "new"

    @property
    def moment(self) -> str:
        """The column that the list is in order of."""
        return "created_at" if self.sort == "new" or self.is_by_age else "last_posted_at"


@dataclass
class ThreadList:
    threads: list[Thread]
    cursor: str = ""  # where the next page begins; empty on the last one


def list_threads(
    member: Membership,
    filters: Filters,
    cursor: str = "",
    *,
    levels: Levels | None = None,
    themes: Iterable[Theme] | None = None,
) -> ThreadList:
    """One page of visible threads with what their rows show (see `name_authors`).

    Pinned threads come first, on the first page. One query, however many threads there are; one
    more each unless the member's `levels` and all the `themes` are given.
    """
    levels = levels or levels_of(member)
    visible = Thread.objects.visible_to(member)
    threads = shown_in_lists(filtered(visible, member, filters, levels), member)
    found = list(_in_order(threads, filters, _read(cursor))[: PER_PAGE + 1])
    listed = found[:PER_PAGE]
    name_authors(member, listed, levels, themes=themes, waiting=filters.is_by_age)
    return ThreadList(listed, _cursor(listed[-1], filters) if len(found) > PER_PAGE else "")


def _in_order(
    threads: ThreadQuerySet, filters: Filters, place: tuple[datetime, int] | None
) -> ThreadQuerySet:
    moment = filters.moment
    if filters.is_by_age:
        if place:
            later = Q(created_at__gt=place[0]) | Q(pk__gt=place[1])
            threads = threads.filter(Q(created_at__gte=place[0]) & later)
        return threads.order_by(moment, "pk")
    if place:
        earlier = Q(**{f"{moment}__lt": place[0]}) | Q(pk__lt=place[1])
        threads = threads.filter(Q(pinned_at=None) & Q(**{f"{moment}__lte": place[0]}) & earlier)
    return threads.order_by(F("pinned_at").desc(nulls_last=True), f"-{moment}", "-pk")


def filtered(
    threads: ThreadQuerySet, member: Membership, filters: Filters, levels: Levels
) -> ThreadQuerySet:
    """The threads that fit."""
    if filters.space:
        threads = threads.filter(space=filters.space)
    if filters.theme:
        threads = about(threads, filters.theme)
    if filters.tag:
        tagged = ThreadTag.objects.filter(tag=filters.tag)
        threads = threads.filter(pk__in=tagged.values("content_object"))
    if filters.team:
        people = Membership.objects.filter(team=filters.team, cohort_id=member.cohort_id)
        threads = threads.filter(author__in=people.values("pk"))
    if filters.kind:
        threads = threads.filter(kind=filters.kind)
    return _shown(threads, member, filters.show, levels)


def _shown(
    threads: ThreadQuerySet, member: Membership, show: str, levels: Levels
) -> ThreadQuerySet:
    """The threads of a tab; what is quiet is neither unread nor new."""
    match show:
        case "unread":
            return threads.unread_by(member).filter(levels.loud())
        case "new" if member.previous_visit_at:
            return threads.filter(levels.loud(), last_posted_at__gt=member.previous_visit_at)
        case "following":
            return threads.filter(levels.followed)
        case "mine":
            # Whoever began a thread wrote its opening post.
            return threads.filter(pk__in=Post.objects.filter(author=member).values("thread"))
        case "saved":
            saved = Bookmark.objects.filter(member=member)
            return threads.filter(pk__in=saved.values("post__thread"))
        case "unanswered":
            return threads.unanswered()
    return threads


def about(threads: ThreadQuerySet, theme: Theme) -> ThreadQuerySet:
    """Those of a theme or of one of its sub-lessons."""
    themed = ThreadTheme.objects.filter(Q(tag=theme) | Q(tag__parent=theme))
    return threads.filter(pk__in=themed.values("content_object"))


def shown_in_lists(threads: ThreadQuerySet, member: Membership) -> ThreadQuerySet:
    """With what a row of a list shows, and nothing else."""
    return (
        threads.select_related("space")
        .with_reading(member)
        .annotate(
            theme_pks=ArraySubquery(
                ThreadTheme.objects.filter(content_object=OuterRef("pk")).values("tag_id")
            ),
            # Joined, each would double the ways in which PostgreSQL may go about it.
            author_row=_person("author_id", JSONObject(pk="user_id", name=NAME, photo=PHOTO)),
            last_name=_person("last_post_by_id", F(NAME)),
        )
        .only(
            "kind", "title", "created_at", "pinned_at", "closed_at", "answer_id", "author_id",
            "last_posted_at", "last_post_by_id", "last_number", "reply_count", "cohort_id",
            "space__name", "space__audience", "space__slug",
        )
    )  # fmt: skip


def _person(column: str, row: Any) -> Subquery:
    members = Membership.objects.filter(pk=OuterRef(column))
    return Subquery(members.values(row=row))


def name_authors(
    member: Membership,
    threads: list[Any],
    levels: Levels | None = None,
    *,
    themes: Iterable[Theme] | None = None,
    waiting: bool = False,
) -> None:
    """Put on each thread what its row says of its author, its last reply and its reader.

    `author_chip` (name and picture), `is_unopened`, `unread` (posts not read of a thread that was
    opened), and ready to be placed: `classes`, `marks`, `activity` and `replies`. With `waiting`
    the activity says since when an answer is waited for. Of what is quiet nothing is unread.
    """
    levels = levels or Levels()
    clock = Clock()
    words = _Words(Theme.objects.top() if themes is None else themes)
    for thread in threads:
        read, count = thread.read_number, thread.reply_count
        is_quiet = levels.of_thread(thread.pk, thread.space_id) == Level.QUIET
        thread.author_chip = _chip(thread, words)
        thread.is_unopened = not read and member.may_write and not is_quiet
        thread.unread = max(0, thread.last_number - read) if read and not is_quiet else 0
        thread.replies = words.replies(count)
        if thread.is_unopened or thread.unread:
            thread.classes = "row row--new"
        else:
            thread.classes = "row row--read" if read else "row"
        thread.marks = words.marks(thread)
        if waiting:
            thread.activity = words.waiting(clock.ago(thread.created_at))
        elif count:
            name = thread.last_name or words.gone
            thread.activity = words.replied(name, clock.ago(thread.last_posted_at))
        else:
            thread.activity = clock.ago(thread.created_at)


def _chip(thread: Any, words: "_Words") -> Any:
    person = thread.author_row
    if person is None:
        return SimpleNamespace(name=words.gone, picture=SafeString(""))
    picture = _picture(person["pk"], person["name"], person["photo"] or "")
    return SimpleNamespace(name=person["name"], picture=picture)


@lru_cache(maxsize=4096)
def _picture(user_pk: int, name: str, photo: str) -> SafeString:
    return avatar(SimpleNamespace(pk=user_pk, name=name, photo=photo))


class _Words:
    """The words of rows, each looked up once a page."""

    def __init__(self, themes: Iterable[Theme]) -> None:
        self.themes = {theme.pk: theme for theme in themes if not theme.is_lesson}
        self.gone = _("Somebody who left")
        self.replied_words = _("{name} replied {when}")
        self.waiting_words = _("asked {when}")
        self.known_replies: dict[int, str] = {}
        self.known_marks: dict[Any, SafeString] = {}
        self.kinds = {str(kind): str(kind.label) for kind in Thread.Kind}

    def replies(self, count: int) -> str:
        words = self.known_replies.get(count)
        if words is None:
            words = ngettext("%(n)d reply", "%(n)d replies", count) % {"n": count}
            self.known_replies[count] = words
        return words

    def replied(self, name: str, when: SafeString) -> SafeString:
        words = self.replied_words.format(name=escape(name), when=when)
        return mark_safe(words)  # noqa: S308 (escaped)

    def waiting(self, when: SafeString) -> SafeString:
        return format_html(self.waiting_words, when=when)

    def marks(self, thread: Any) -> SafeString:
        """What a thread is, as badges, and its themes as chips."""
        key = (
            thread.pinned_at is None,
            thread.kind,
            thread.answer_id is None,
            thread.closed_at is None,
            tuple(thread.theme_pks),
        )
        marks = self.known_marks.get(key)
        if marks is None:
            marks = self.known_marks[key] = self._marks(thread)
        return marks

    def _marks(self, thread: Any) -> SafeString:
        themes = [theme for pk, theme in self.themes.items() if pk in thread.theme_pks]
        badges = [
            (bool(thread.pinned_at), "badge badge--accent", _("Pinned")),
            (thread.kind != Thread.Kind.DISCUSSION, "badge", self.kinds[thread.kind]),
            (bool(thread.answer_id), "badge badge--good", _("Answered")),
            (bool(thread.closed_at), "badge", _("Closed")),
            *((True, f"chip hue-{theme.color}", theme.name) for theme in themes),
        ]
        shown = (
            format_html('<span class="{}">{}</span>', css, word)
            for is_so, css, word in badges
            if is_so
        )
        return mark_safe("".join(shown))  # noqa: S308 (escaped)


@dataclass
class SavedList:
    """Posts that a member saved, the latest saved first."""

    posts: list[Post]
    cursor: str = ""


def list_saved(member: Membership, filters: Filters, cursor: str, levels: Levels) -> SavedList:
    """One page of the saved posts that still stand and may be seen, in threads that fit.

    Each with `thread`, `saved_at` and its author's name. One query.
    """
    fitting = filtered(Thread.objects.all(), member, filters, levels)
    posts = (
        Post.objects.visible_to(member)
        .standing()
        .filter(bookmarks__member=member, thread__in=fitting.order_by())
        .annotate(saved_at=F("bookmarks__created_at"), saved_pk=F("bookmarks__pk"))
        .select_related("thread__space", "thread__cohort", "author__user")
        .defer("thread__search", "body")
        .order_by("-saved_at", "-saved_pk")
    )
    if place := _read(cursor):
        moment, pk = place
        posts = posts.filter(Q(saved_at__lt=moment) | Q(saved_at=moment, saved_pk__lt=pk))
    found = list(posts[: PER_PAGE + 1])
    last = found[PER_PAGE - 1] if len(found) > PER_PAGE else None
    return SavedList(found[:PER_PAGE], _place(last.saved_at, last.saved_pk) if last else "")


@dataclass(frozen=True)
class Counts:
    """Unread threads by space, and how many moved since the last visit, among the latest."""

    spaces: dict[int, int] = field(default_factory=dict)
    since: int = 0

    @property
    def unread(self) -> int:
        return sum(self.spaces.values())


# By hand: putting it together costs the ORM ten times what PostgreSQL needs to answer it.
_NEWS = """
SELECT latest.space_id,
       count(*) FILTER (WHERE reading.number IS NULL OR reading.number < latest.last_number),
       count(*) FILTER (
           WHERE latest.last_posted_at > %(since)s
           AND latest.last_post_by_id IS DISTINCT FROM %(member)s
       )
FROM (
    SELECT id, space_id, last_number, last_posted_at, last_post_by_id
    FROM forums_thread
    WHERE cohort_id = %(cohort)s AND deleted_at IS NULL AND space_id = ANY(%(spaces)s)
    ORDER BY last_posted_at DESC, id DESC
    LIMIT %(most)s
) latest
LEFT JOIN forums_reading reading
    ON reading.thread_id = latest.id AND reading.member_id = %(member)s
WHERE latest.id <> ALL(%(quiet_threads)s)
    AND (latest.space_id <> ALL(%(quiet_spaces)s) OR latest.id = ANY(%(chosen_threads)s))
GROUP BY latest.space_id
"""


def count_news(member: Membership, levels: Levels, spaces: Iterable[Space]) -> Counts:
    """What is unread and what is new since the member left, among the LOOKED_AT latest threads.

    `spaces` are those that the member may see.
    """
    quiet = Level.QUIET
    chosen = {
        "member": member.pk,
        "cohort": member.cohort_id,
        "since": member.previous_visit_at,
        "spaces": [space.pk for space in spaces],
        "most": LOOKED_AT,
        "quiet_threads": [pk for pk, level in levels.threads.items() if level == quiet],
        "chosen_threads": [pk for pk, level in levels.threads.items() if level != quiet],
        "quiet_spaces": [pk for pk, level in levels.spaces.items() if level == quiet],
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEWS, chosen)
        found = cursor.fetchall()
    return Counts(
        spaces={space: unread for space, unread, _since in found if unread},
        since=sum(since for _space, _unread, since in found),
    )


def _cursor(thread: Thread, filters: Filters) -> str:
    return _place(getattr(thread, filters.moment), thread.pk)


def _place(moment: datetime, pk: int) -> str:
    return f"{(moment - EPOCH) // MICROSECOND}-{pk}"


def _read(cursor: str) -> tuple[datetime, int] | None:
    """The place a cursor names, or None (the beginning) for anything that is not one."""
    moment, _dash, pk = cursor.partition("-")
    if not (moment.isdecimal() and pk.isdecimal() and len(moment) < 18 and len(pk) < 19):
        return None
    return EPOCH + int(moment) * MICROSECOND, int(pk)
