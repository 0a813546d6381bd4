"""The list of threads: filters, and pages that neither skip nor repeat while threads move."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import F, Q

from cohort.models import Membership, Tag, Team, Theme
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
from forums.queries.rows import ThreadRow, rows_of

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
    def is_by_age(self) -> bool:
        return self.show == "unanswered" and self.sort != "new"

    @property
    def moment(self) -> str:
        """The column that the list is in order of."""
        return "created_at" if self.sort == "new" or self.is_by_age else "last_posted_at"


@dataclass
class ThreadList:
    threads: list[ThreadRow]
    cursor: str = ""  # where the next page begins; empty on the last one


def list_threads(
    member: Membership,
    filters: Filters,
    cursor: str = "",
    *,
    levels: Levels | None = None,
    themes: Iterable[Theme] | None = None,
) -> ThreadList:
    """One page of visible threads as rows.

    Pinned threads come first, on the first page. One query, however many threads there are; one
    more each unless the member's `levels` and all the `themes` are given.
    """
    levels = levels or levels_of(member)
    threads = filtered(Thread.objects.visible_to(member), member, filters, levels)
    ordered = _in_order(threads, filters, _read(cursor))
    found = rows_of(
        ordered[: PER_PAGE + 1],
        member,
        levels,
        themes=themes,
        shows_space=filters.space is None,
        is_waiting=filters.is_by_age,
    )
    listed = found[:PER_PAGE]
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
        .select_related("thread__space", "author__user")
        .defer("thread__search", "body")
        .order_by("-saved_at", "-saved_pk")
    )
    if place := _read(cursor):
        moment, pk = place
        posts = posts.filter(Q(saved_at__lt=moment) | Q(saved_at=moment, saved_pk__lt=pk))
    found = list(posts[: PER_PAGE + 1])
    for post in found:
        post.thread.cohort = member.cohort
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


def _cursor(thread: ThreadRow, filters: Filters) -> str:
    return _place(getattr(thread, filters.moment), thread.pk)


def _place(moment: datetime, pk: int) -> str:
    return f"{(moment - EPOCH) // MICROSECOND}-{pk}"


def _read(cursor: str) -> tuple[datetime, int] | None:
    """The place a cursor names, or None (the beginning) for anything that is not one."""
    moment, _dash, pk = cursor.partition("-")
    if not (moment.isdecimal() and pk.isdecimal() and len(moment) < 18 and len(pk) < 19):
        return None
    return EPOCH + int(moment) * MICROSECOND, int(pk)
