"""One page of a thread: a window of its tree, with everything its rows show."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cohort.models import Membership
from cohort.references import titles_of, with_titles
from forums.models import STEP, Post, Thread
from forums.queries.people import Author, Authors
from forums.queries.polls import PollView, polls_of
from forums.queries.stored import Stored, first_unseen, posts_round, stored_posts
from forums.queries.times import Clock

PER_PAGE = 50
# How many posts before the one that was asked for a page shows, so that it stands in its talk.
BEFORE = 10
# Replies to replies move in this often; deeper ones say whom they answer.
MOST_INDENTS = 3
OPEN, CLOSE = '<div class="replies">', "</div>"


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
    if awaits_answer:
        window = _opened_posts(thread, member)
    elif thread.last_number <= PER_PAGE:
        window = _window(thread, member)
    else:
        window = _window(thread, member, after, before, around, read=read_number or 0)
    opening = window.opening if window.has_earlier else []
    shaper = _Shaper(
        thread, member, [*opening, *window.posts], None if awaits_answer else read_number
    )
    rows = shaper.rows(window.posts)
    return ThreadPage(
        rows=rows,
        closing=shaper.closing,
        opening=shaper.row(opening[0], "") if opening else None,
        before=rows[0].number if rows and window.has_earlier else None,
        after=rows[-1].number if rows and window.has_later else None,
        read_to=_read_to(thread, window, read_number or 0, awaits_answer=awaits_answer),
        new_count=shaper.new_count,
        awaits_answer=awaits_answer,
        numbers={row.number for row in rows},
    )


def read_post(thread: Thread, member: Membership, number: int) -> PostRow | None:
    """One post of a visible thread as its page shows it, or None where it may not be read."""
    posts = posts_of(thread, member, awaits_answer=awaits_answer_of(thread, member))
    found = stored_posts(list(posts.filter(number=number).values_list("pk", flat=True)), member)
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


@dataclass
class Window:
    """The posts of a page, and what is before and after it."""

    opening: list[Stored]
    posts: list[Stored]
    has_earlier: bool = False
    has_later: bool = False


def _opened_posts(thread: Thread, member: Membership) -> Window:
    """What there is to read before one has answered: the opening post, and one's own."""
    opened = posts_of(thread, member, awaits_answer=True).order_by("path")
    posts = stored_posts(list(opened.values_list("pk", flat=True)[:PER_PAGE]), member)
    return Window(posts[:1], posts)


def _window(
    thread: Thread,
    member: Membership,
    after: int | None = None,
    before: int | None = None,
    around: int | None = None,
    *,
    read: int = 0,
) -> Window:
    """The posts after, before or around one; else around the first new one; else the beginning.

    One post more is read on either side, to know whether there are any.
    """
    if after:
        found = posts_round(thread, member, after, on=PER_PAGE + 2)
        posts = found.on[1 : PER_PAGE + 1]
        return Window(found.opening, posts, True, len(found.on) > PER_PAGE + 1)
    if before:
        found = posts_round(thread, member, before, back=PER_PAGE + 1)
        if found.back:
            return Window(found.opening, found.back[-PER_PAGE:], len(found.back) > PER_PAGE, True)
    if not (around or 0 < read < thread.last_number):
        found = posts_round(thread, member, 1, on=PER_PAGE + 1)
        return Window(found.opening, found.on[:PER_PAGE], False, len(found.on) > PER_PAGE)
    on = PER_PAGE - BEFORE
    found = posts_round(thread, member, around or 0, read=read, back=BEFORE + 1, on=on + 1)
    posts = [*found.back[-BEFORE:], *found.on[:on]]
    return Window(found.opening, posts, len(found.back) > BEFORE, len(found.on) > on)


def _read_to(thread: Thread, window: Window, read: int, *, awaits_answer: bool) -> int:
    """The highest number up to which nothing is unread any more once this page was read."""
    if awaits_answer:
        return min(1, thread.last_number)
    if read >= thread.last_number:
        return read
    numbers = [post.number for post in window.posts]
    if not (window.has_earlier or window.has_later):
        return max(numbers, default=read)
    first = first_unseen(thread, read, numbers)
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
        return SafeString(CLOSE * self.level)

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
            body=SafeString("") if gone else self._body(post),
            time=self.clock.ago_in_words(post.created_at),
            written_at=post.created_at,
            author=self.authors.of(post.author_id, post.author_name),
            nesting=SafeString(nesting),
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
        return SafeString(body)  # sanitized when it was stored

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
