"""One page of a thread: a window of its tree, with everything its rows show."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import BoolOr
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from cohort.models import Membership
from cohort.references import titles_of, with_titles
from forums.models import STEP, Bookmark, Poll, Post, Reaction, Thread
from forums.queries.flags import words_to_author
from forums.queries.people import Author, Authors
from forums.queries.polls import PollView, polls_of
from forums.queries.times import Clock

PER_PAGE = 50
# How many posts before the one that was asked for a page shows, so that it stands in its talk.
BEFORE = 10
# Replies to replies move in this often; deeper ones say whom they answer.
MOST_INDENTS = 3
OPEN, CLOSE = '<div class="replies">', "</div>"

FIELDS = (
    "pk", "number", "path", "body", "created_at", "edited_at", "deleted_at", "deleted_by_id",
    "hidden_at", "author_id", "author_name", "as_facilitator", "references",
    "parent__number", "parent__author_id", "parent__author_name", "parent__deleted_at",
    "parent__hidden_at", "reaction_rows", "is_saved", "has_poll", "note",
)  # fmt: skip


class Stored(NamedTuple):
    pk: int
    number: int
    path: str
    body: str
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    deleted_by_id: int | None
    hidden_at: datetime | None
    author_id: int | None
    author_name: str
    as_facilitator: bool
    references: list[str]
    parent_number: int | None
    parent_author_id: int | None
    parent_author_name: str | None
    parent_deleted_at: datetime | None
    parent_hidden_at: datetime | None
    reactions: list[dict[str, Any]]
    is_saved: bool
    has_poll: bool
    note: str | None


@dataclass(slots=True)
class ReactionCount:
    kind: str
    count: int
    is_mine: bool


@dataclass(slots=True)
class PostRow:
    """A post as the page shows it. All words are ready, so that markup only places them."""

    pk: int
    number: int
    depth: int  # 0 for the opening post and the replies to it
    body: SafeString  # empty where it may not be read
    time: SafeString  # in words, how long ago
    written_at: datetime
    author: Author
    nesting: SafeString  # closes and opens the indents between the row before and this one
    to: str  # whom it answers, where its place does not show it
    to_number: int | None
    to_is_here: bool  # what it answers stands on this page
    to_is_for_phones: bool
    gone: str  # in words, why there is nothing to read; empty where there is
    is_removed: bool
    is_hidden: bool
    note: str  # what facilitators say of it to its author
    is_edited: bool
    is_own: bool
    is_new: bool
    is_first_new: bool
    is_answer: bool
    is_saved: bool
    speaks_as_facilitator: bool
    may_see_history: bool
    reactions: list[ReactionCount]
    poll: PollView | None


@dataclass
class ThreadPage:
    rows: list[PostRow]
    closing: SafeString
    opening: PostRow | None  # the opening post, where the rows do not begin with it
    before: int | None  # number to page back from, None on the first page
    after: int | None
    read_to: int  # how far whoever reads this page will have read
    new_count: int
    awaits_answer: bool = False  # replies stay closed until the reader has written their own
    numbers: set[int] = field(default_factory=set)


def read_thread(
    thread: Thread,
    member: Membership,
    *,
    read_number: int | None,
    after: int | None = None,
    before: int | None = None,
    around: int | None = None,
) -> ThreadPage:
    """The posts after or before a post in the tree's order, or around one, or the beginning.

    Without any of the three a long thread opens at the first post that is new to the reader. A
    place is told by a post's number: paths never change, so pages neither skip nor repeat.
    """
    awaits_answer = awaits_answer_of(thread, member)
    posts = posts_of(thread, member, awaits_answer=awaits_answer)
    is_long = thread.last_number > PER_PAGE and not awaits_answer
    if is_long and not (after or before or around):
        around = _first_new(posts, thread, read_number)
    if not is_long:
        after = before = around = None
    stored, earlier, later = _window(posts, member, after, before, around)
    opening = None
    if stored and stored[0].number != 1:
        opening = Stored(*with_row(posts, member).get(number=1))
    shown = [*stored, opening] if opening else stored
    shaper = _Shaper(thread, member, shown, None if awaits_answer else read_number)
    rows = shaper.rows(stored)
    read_to = (
        min(1, thread.last_number)
        if awaits_answer
        else _read_to(posts, thread, stored, read_number or 0, is_whole=not (earlier or later))
    )
    return ThreadPage(
        rows=rows,
        closing=shaper.closing,
        opening=shaper.row(opening, "") if opening else None,
        before=stored[0].number if earlier else None,
        after=stored[-1].number if later else None,
        read_to=read_to,
        new_count=shaper.new_count,
        awaits_answer=awaits_answer,
        numbers={row.number for row in rows},
    )


def read_post(thread: Thread, member: Membership, number: int) -> PostRow | None:
    """One post of a visible thread as its page shows it, or None where it may not be read."""
    posts = posts_of(thread, member, awaits_answer=awaits_answer_of(thread, member))
    found = _shape(with_row(posts, member).filter(number=number))
    return _Shaper(thread, member, found, None).row(found[0], "") if found else None


def rows_of(thread: Thread, member: Membership, stored: list[Stored]) -> list[PostRow]:
    """Rows of posts in the tree's order, nothing of them marked as new."""
    return _Shaper(thread, member, stored, None).rows(stored)


def awaits_answer_of(thread: Thread, member: Membership) -> bool:
    """Whether others' replies stay closed to the member until they have written their own."""
    return (
        thread.answers_first
        and Thread.objects.awaiting_answer_of(member).filter(pk=thread.pk).exists()
    )


def posts_of(thread: Thread, member: Membership, *, awaits_answer: bool) -> QuerySet[Post]:
    """The posts of a thread that is visible to the member."""
    if awaits_answer:
        return Post.objects.visible_to(member).filter(thread=thread)
    return Post.objects.filter(thread=thread)


def with_row(posts: QuerySet[Post], member: Membership) -> QuerySet[Post, Any]:
    """As tuples of what a row shows, with who reacted how and what the member saved."""
    reactions = (
        Reaction.objects.filter(post=OuterRef("pk"))
        .order_by()
        .values("kind")
        .annotate(
            row=JSONObject(kind="kind", count=Count("pk"), is_mine=BoolOr(Q(member_id=member.pk)))
        )
        .values("row")
    )
    return posts.annotate(
        reaction_rows=ArraySubquery(reactions),
        is_saved=Exists(Bookmark.objects.filter(post=OuterRef("pk"), member_id=member.pk)),
        has_poll=Exists(Poll.objects.filter(post=OuterRef("pk"))),
        note=words_to_author(member),
    ).values_list(*FIELDS)


def _path_of(posts: QuerySet[Post], number: int) -> Subquery:
    return Subquery(posts.filter(number=number).values("path")[:1])


def _first_new(posts: QuerySet[Post], thread: Thread, read_number: int | None) -> int | None:
    if not read_number or read_number >= thread.last_number:
        return None
    new = posts.filter(number__gt=read_number).order_by("path")
    return new.values_list("number", flat=True).first()


def _window(
    posts: QuerySet[Post],
    member: Membership,
    after: int | None,
    before: int | None,
    around: int | None,
) -> tuple[list[Stored], bool, bool]:
    """Posts in the tree's order, whether there are earlier ones, and whether there are later."""
    rows = with_row(posts, member).order_by("path")
    if after:
        found = list(rows.filter(path__gt=_path_of(posts, after))[: PER_PAGE + 1])
        return _shape(found[:PER_PAGE]), True, len(found) > PER_PAGE
    if before:
        back = rows.filter(path__lt=_path_of(posts, before)).order_by("-path")
        found = list(back[: PER_PAGE + 1])
        return _shape(reversed(found[:PER_PAGE])), len(found) > PER_PAGE, True
    if not around:
        found = list(rows[: PER_PAGE + 1])
        return _shape(found[:PER_PAGE]), False, len(found) > PER_PAGE
    path = _path_of(posts, around)
    back = rows.filter(path__lt=path).order_by("-path")[: BEFORE + 1]
    on = rows.filter(path__gte=path)[: PER_PAGE - BEFORE + 1]
    around_it = sorted(_shape(back.union(on, all=True)), key=lambda post: post.path)
    place = next((i for i, post in enumerate(around_it) if post.number == around), 0)
    earlier, later = place > BEFORE, len(around_it) - place > PER_PAGE - BEFORE
    return around_it[earlier : len(around_it) - later], earlier, later


def _shape(rows: Iterable[tuple[Any, ...]]) -> list[Stored]:
    return [Stored(*row) for row in rows]


def _read_to(
    posts: QuerySet[Post], thread: Thread, shown: list[Stored], read: int, *, is_whole: bool
) -> int:
    """The highest number up to which nothing is unread any more once this page was read."""
    if read >= thread.last_number:
        return read
    numbers = {post.number for post in shown}
    if is_whole:
        return max(numbers, default=read)
    unseen = posts.filter(number__gt=read).exclude(number__in=numbers)
    first = unseen.aggregate(first=Min("number"))["first"]
    return first - 1 if first else max(thread.last_number, *numbers)


class _Shaper:
    """Turns stored posts into rows, knowing how deep the row before stood."""

    def __init__(
        self,
        thread: Thread,
        member: Membership,
        posts: list[Stored],
        read_number: int | None,
    ) -> None:
        self.member = member
        self.writer_pk = member.pk if member.may_write else None
        self.read = read_number
        self.answer_number = getattr(thread, "answer_number", None)
        self.authors = Authors(
            member.cohort.slug,
            (pk for post in posts for pk in (post.author_id, post.parent_author_id)),
        )
        standing = [post for post in posts if not self._gone(post)]
        self.titles = titles_of((r for post in standing for r in post.references), member)
        self.polls = polls_of(member, [post.pk for post in standing if post.has_poll])
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
        is_own = post.author_id is not None and post.author_id == self.writer_pk
        is_new = self.read is not None and post.number > self.read and not is_own
        self.new_count += is_new
        depth = len(post.path) // STEP - 2
        gone = self._gone(post)
        # On a page that begins amid the tree, what a reply answers may be on the page before.
        is_here = post.parent_number in self.shown
        return PostRow(
            pk=post.pk,
            number=post.number,
            depth=max(0, depth),
            body=mark_safe("") if gone else self._body(post),
            time=self.clock.ago_in_words(post.created_at),
            written_at=post.created_at,
            author=self.authors.of(post.author_id, post.author_name),
            nesting=mark_safe(nesting),  # noqa: S308 (a constant)
            to=self._to(post) if depth > 0 else "",
            to_number=post.parent_number,
            to_is_here=is_here,
            to_is_for_phones=depth <= MOST_INDENTS and is_here,
            gone=gone,
            is_removed=post.deleted_at is not None,
            is_hidden=post.hidden_at is not None,
            note=post.note or "",
            is_edited=post.edited_at is not None,
            is_own=is_own,
            is_new=is_new,
            is_first_new=is_new and self.new_count == 1,
            is_answer=post.number == self.answer_number,
            is_saved=post.is_saved,
            speaks_as_facilitator=post.as_facilitator,
            may_see_history=is_own or self.member.is_facilitator,
            reactions=[ReactionCount(**row) for row in post.reactions] if not gone else [],
            poll=self.polls.get(post.pk),
        )

    def _body(self, post: Stored) -> SafeString:
        body = post.body
        if post.references:
            body = with_titles(body, self.titles, self.member.cohort.slug)
        return mark_safe(body)  # noqa: S308 (sanitized when it was stored)

    def _gone(self, post: Stored) -> str:
        if post.deleted_at:
            by_author = post.deleted_by_id is None or post.deleted_by_id == post.author_id
            return (
                _("This post was removed by its author.")
                if by_author
                else _("This post was removed by a facilitator.")
            )
        if self._is_veiled(post.hidden_at, post.author_id):
            return _("This post was hidden by a facilitator.")
        return ""

    def _is_veiled(self, hidden_at: datetime | None, author_id: int | None) -> bool:
        """Its author and the facilitators still read a hidden post."""
        return (
            hidden_at is not None and author_id != self.member.pk and not self.member.is_facilitator
        )

    def _to(self, post: Stored) -> str:
        if post.parent_deleted_at:
            return _("a post that was removed")
        if self._is_veiled(post.parent_hidden_at, post.parent_author_id):
            return _("a post that was hidden")
        return self.authors.of(post.parent_author_id, post.parent_author_name or "").name
