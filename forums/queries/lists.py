"""The list of threads: filters, and pages that neither skip nor repeat while threads move."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import F, Q
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohort.models import Membership, Theme
from forums.models import Space, Thread, ThreadQuerySet
from forums.queries.people import authors_of
from forums.queries.times import Clock

PER_PAGE = 30
SHOWS = ("all", "unread", "new", "mine", "unanswered")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Filters:
    """What a reader asked the list for. `show` is one of SHOWS, `sort` is activity or new."""

    space: Space | None = None
    theme: Theme | None = None
    kind: str = ""
    show: str = "all"
    sort: str = "activity"

    @property
    def narrow(self) -> bool:
        return bool(self.space or self.theme or self.kind or self.show != "all")

    @property
    def moment(self) -> str:
        """The column that the list is in order of."""
        return "created_at" if self.sort == "new" else "last_posted_at"


@dataclass
class ThreadList:
    threads: list[Thread]
    cursor: str = ""  # where the next page begins; empty on the last one


def list_threads(member: Membership, filters: Filters, cursor: str = "") -> ThreadList:
    """One page of visible threads with what their rows show (see `name_authors`).

    Pinned threads come first, on the first page. Two queries, however many threads there are.
    """
    threads = shown_in_lists(filtered(Thread.objects.visible_to(member), member, filters), member)
    place = _read(cursor)
    if place:
        moment, pk = place
        threads = threads.filter(
            Q(pinned_at=None)
            & Q(**{f"{filters.moment}__lte": moment})
            & (Q(**{f"{filters.moment}__lt": moment}) | Q(pk__lt=pk))
        )
    pinned_first = F("pinned_at").desc(nulls_last=True)
    found = list(threads.order_by(pinned_first, f"-{filters.moment}", "-pk")[: PER_PAGE + 1])
    listed = found[:PER_PAGE]
    cursor = _cursor(listed[-1], filters) if len(found) > PER_PAGE else ""
    name_authors(member, listed)
    return ThreadList(listed, cursor)


def filtered(threads: ThreadQuerySet, member: Membership, filters: Filters) -> ThreadQuerySet:
    if filters.space:
        threads = threads.filter(space=filters.space)
    if filters.theme:
        threads = threads.filter(themes=filters.theme)
    if filters.kind:
        threads = threads.filter(kind=filters.kind)
    if filters.show == "unread":
        threads = threads.unread_by(member)
    elif filters.show == "mine":
        threads = threads.joined_by(member)
    elif filters.show == "unanswered":
        threads = threads.unanswered()
    elif filters.show == "new" and member.previous_visit_at:
        threads = threads.filter(last_posted_at__gt=member.previous_visit_at)
    return threads


def shown_in_lists(threads: ThreadQuerySet, member: Membership) -> ThreadQuerySet:
    """With what a row of a list shows, and nothing else."""
    return (
        threads.select_related("space")
        .with_reading(member)
        .with_themes()
        .only(
            "kind", "title", "created_at", "pinned_at", "closed_at", "answer_id", "author_id",
            "last_posted_at", "last_post_by_id", "last_number", "reply_count", "cohort_id",
            "space__name", "space__audience", "space__slug",
        )
    )  # fmt: skip


def name_authors(member: Membership, threads: list[Thread]) -> None:
    """Put on each thread what its row says of its author, its last reply and its reader.

    `author_chip`, `is_unopened`, `unread` (posts not read of a thread that was opened), and in
    words `activity` and `replies`.
    """
    authors = authors_of(
        member.cohort.slug,
        (pk for thread in threads for pk in (thread.author_id, thread.last_post_by_id)),
    )
    clock = Clock()
    for thread in threads:
        read = thread.read_number
        count = thread.reply_count
        thread.author_chip = authors.get(thread.author_id) or authors[None]
        thread.is_unopened = read is None and member.may_write
        thread.unread = max(0, thread.last_number - read) if read else 0
        thread.replies = ngettext("%(n)d reply", "%(n)d replies", count) % {"n": count}
        thread.activity = clock.ago(thread.created_at)
        if count:
            last = authors.get(thread.last_post_by_id) or authors[None]
            thread.activity = format_html(
                _("{name} replied {when}"), name=last.name, when=clock.ago(thread.last_posted_at)
            )


def count_since_last_visit(member: Membership) -> int:
    """How many visible threads have something that was not there when the member left."""
    if member.previous_visit_at is None:
        return 0
    news = Thread.objects.visible_to(member).filter(last_posted_at__gt=member.previous_visit_at)
    return news.exclude(last_post_by=member).count()


def _cursor(thread: Thread, filters: Filters) -> str:
    moment = getattr(thread, filters.moment)
    return f"{(moment - EPOCH) // MICROSECOND}-{thread.pk}"


def _read(cursor: str) -> tuple[datetime, int] | None:
    """The place a cursor names, or None (the beginning) for anything that is not one."""
    moment, _dash, pk = cursor.partition("-")
    if not (moment.isdecimal() and pk.isdecimal() and len(moment) < 18 and len(pk) < 19):
        return None
    return EPOCH + int(moment) * MICROSECOND, int(pk)
