"""One page of a thread: a window of its tree, with everything its rows show."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Min, QuerySet, Subquery
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from cohort.models import Membership
from forums.models import STEP, Post, Thread
from forums.queries.people import Author, authors_of
from forums.queries.times import Clock

PER_PAGE = 50
# How many posts before the one that was asked for a page shows, so that it stands in its talk.
BEFORE = 10
# Replies to replies move in this often; deeper ones say whom they answer.
MOST_INDENTS = 3
OPEN, CLOSE = '<div class="replies">', "</div>"

FIELDS = (
    "number", "path", "body", "created_at", "edited_at", "deleted_at", "author_id",
    "parent__number", "parent__author_id", "parent__deleted_at",
)  # fmt: skip


class Stored(NamedTuple):
    number: int
    path: str
    body: str
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    author_id: int | None
    parent_number: int | None
    parent_author_id: int | None
    parent_deleted_at: datetime | None


@dataclass(slots=True)
class PostRow:
    """A post as the page shows it. All words are ready, so that the template only places them."""

    number: int
    body: SafeString
    time: SafeString
    author: Author
    nesting: SafeString  # closes and opens the indents between the row before and this one
    classes: str
    to: str  # whom it answers, where its place does not show it
    to_number: int | None
    to_is_for_phones: bool
    is_removed: bool
    is_edited: bool
    is_own: bool
    is_first_new: bool
    is_answer: bool
    has_more_acts: bool  # than to reply


@dataclass
class ThreadPage:
    rows: list[PostRow]
    closing: SafeString
    opening: PostRow | None  # the opening post, where the rows do not begin with it
    before: int | None  # number to page back from, None on the first page
    after: int | None
    read_to: int  # how far whoever reads this page will have read
    new_count: int
    numbers: set[int] = field(default_factory=set)


def read_thread(
    thread: Thread,
    member: Membership,
    *,
    read_number: int | None,
    after: int | None = None,
    before: int | None = None,
    around: int | None = None,
    may_mark_answer: bool = False,
) -> ThreadPage:
    """The posts after or before a post in the tree's order, or around one, or the beginning.

    Without any of the three a long thread opens at the first post that is new to the reader. A
    place is told by a post's number: paths never change, so pages neither skip nor repeat.
    """
    is_long = thread.last_number > PER_PAGE
    if is_long and not (after or before or around):
        around = _first_new(thread, read_number)
    stored, earlier, later = _window(thread, is_long, after, before, around)
    opening = None
    if stored and stored[0].number != 1:
        opening = Stored(*_rows(thread).get(number=1))
    authors = authors_of(
        member.cohort.slug,
        (
            pk
            for post in (*stored, *filter(None, [opening]))
            for pk in (post.author_id, post.parent_author_id)
        ),
    )
    shaper = _Shaper(thread, member, authors, read_number, may_mark_answer)
    rows = shaper.rows(stored)
    return ThreadPage(
        rows=rows,
        closing=shaper.closing,
        opening=shaper.row(opening, "") if opening else None,
        before=stored[0].number if earlier else None,
        after=stored[-1].number if later else None,
        read_to=_read_to(thread, stored, read_number or 0, is_whole=not (earlier or later)),
        new_count=shaper.new_count,
        numbers={row.number for row in rows},
    )


def _rows(thread: Thread) -> QuerySet[Post, Any]:
    return Post.objects.filter(thread=thread).values_list(*FIELDS)


def _path_of(thread: Thread, number: int) -> Subquery:
    return Subquery(Post.objects.filter(thread=thread, number=number).values("path")[:1])


def _first_new(thread: Thread, read_number: int | None) -> int | None:
    if not read_number or read_number >= thread.last_number:
        return None
    new = Post.objects.filter(thread=thread, number__gt=read_number).order_by("path")
    return new.values_list("number", flat=True).first()


def _window(
    thread: Thread, is_long: bool, after: int | None, before: int | None, around: int | None
) -> tuple[list[Stored], bool, bool]:
    """Posts in the tree's order, whether there are earlier ones, and whether there are later."""
    posts = _rows(thread).order_by("path")
    if not is_long or not (after or before or around):
        found = list(posts[: PER_PAGE + 1])
        return _shape(found[:PER_PAGE]), False, len(found) > PER_PAGE
    if after:
        found = list(posts.filter(path__gt=_path_of(thread, after))[: PER_PAGE + 1])
        return _shape(found[:PER_PAGE]), True, len(found) > PER_PAGE
    if before:
        back = posts.filter(path__lt=_path_of(thread, before)).order_by("-path")
        found = list(back[: PER_PAGE + 1])
        return _shape(reversed(found[:PER_PAGE])), len(found) > PER_PAGE, True
    path = _path_of(thread, around or 1)
    back = posts.filter(path__lt=path).order_by("-path")[: BEFORE + 1]
    on = posts.filter(path__gte=path)[: PER_PAGE - BEFORE + 1]
    found = sorted(back.union(on, all=True), key=lambda row: row[1])
    place = next((i for i, row in enumerate(found) if row[0] == around), 0)
    earlier, later = place > BEFORE, len(found) - place > PER_PAGE - BEFORE
    return _shape(found[earlier : len(found) - later]), earlier, later


def _shape(rows: Iterable[tuple[Any, ...]]) -> list[Stored]:
    return [Stored(*row) for row in rows]


def _read_to(thread: Thread, shown: list[Stored], read: int, *, is_whole: bool) -> int:
    """The highest number up to which nothing is unread any more once this page was read."""
    numbers = {post.number for post in shown}
    if is_whole:
        return max(numbers, default=read)
    unseen = Post.objects.filter(thread=thread, number__gt=read).exclude(number__in=numbers)
    first = unseen.aggregate(first=Min("number"))["first"]
    return first - 1 if first else max(thread.last_number, *numbers)


class _Shaper:
    """Turns stored posts into rows, knowing how deep the row before stood."""

    def __init__(
        self,
        thread: Thread,
        member: Membership,
        authors: dict[int | None, Author],
        read_number: int | None,
        may_mark_answer: bool,
    ) -> None:
        self.member_pk = member.pk if member.may_write else None
        self.authors = authors
        self.read = read_number
        self.answer_number = getattr(thread, "answer_number", None)
        self.may_mark_answer = may_mark_answer
        self.clock = Clock()
        self.level = 0
        self.new_count = 0
        self.shown: set[int] = set()

    def rows(self, posts: list[Stored]) -> list[PostRow]:
        rows = []
        for post in posts:
            level = min(MOST_INDENTS, max(0, len(post.path) // STEP - 2))
            steps = level - self.level
            self.level = level
            rows.append(self.row(post, OPEN * steps if steps > 0 else CLOSE * -steps))
            self.shown.add(post.number)
        return rows

    @property
    def closing(self) -> SafeString:
        return mark_safe(CLOSE * self.level)  # noqa: S308 (a constant)

    def row(self, post: Stored, nesting: str) -> PostRow:
        is_own = post.author_id == self.member_pk
        is_new = self.read is not None and post.number > self.read and not is_own
        self.new_count += is_new
        is_answer = post.number == self.answer_number
        depth = len(post.path) // STEP - 2
        # On a page that begins amid the tree, what a reply answers may be on the page before.
        is_orphan = depth > 0 and post.parent_number not in self.shown
        to = self._to(post) if depth > 0 else ""
        return PostRow(
            number=post.number,
            body=mark_safe(post.body),  # noqa: S308 (sanitized when it was stored)
            time=self.clock.ago(post.created_at),
            author=self.authors.get(post.author_id) or self.authors[None],
            nesting=mark_safe(nesting),  # noqa: S308 (a constant)
            classes=f"{' post--new' if is_new else ''}{' post--answer' if is_answer else ''}",
            to=to,
            to_number=post.parent_number,
            to_is_for_phones=depth <= MOST_INDENTS and not is_orphan,
            is_removed=post.deleted_at is not None,
            is_edited=post.edited_at is not None,
            is_own=is_own,
            is_first_new=is_new and self.new_count == 1,
            is_answer=is_answer,
            has_more_acts=is_own or self.may_mark_answer or post.edited_at is not None,
        )

    def _to(self, post: Stored) -> str:
        if post.parent_deleted_at:
            return _("a post that was removed")
        return (self.authors.get(post.parent_author_id) or self.authors[None]).name
