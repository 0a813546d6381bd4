"""What facilitators see before they move, split or merge."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from cohort.models import Membership
from cohort.richtext import excerpt
from forums.models import STEP, Post, Space, Thread

# A page with boxes to tick has so many posts at most, and a list to choose from so many threads.
MOST_POSTS = 1_000
MOST_THREADS = 12
EXCERPT = 140


@dataclass(frozen=True)
class Change:
    """How many would not read a thread any more, how many newly would; who wrote is counted too."""

    lose: int
    gain: int
    writers_lose: int

    def __bool__(self) -> bool:
        return bool(self.lose or self.gain)


def changes_of_readers(thread: Thread, spaces: Iterable[Space]) -> dict[int, Change]:
    """What it would mean for its readers if a thread stood in these spaces, by space."""
    members = list(Membership.objects.active().filter(cohort_id=thread.cohort_id))
    writers = set(
        Post.objects.filter(thread=thread, deleted_at=None).values_list("author_id", flat=True)
    )
    before = {member.pk for member in members if thread.space.is_visible_to(member)}
    changes = {}
    for space in spaces:
        after = {member.pk for member in members if space.is_visible_to(member)}
        changes[space.pk] = Change(
            lose=len(before - after),
            gain=len(after - before),
            writers_lose=len((before - after) & writers),
        )
    return changes


class Pick(NamedTuple):
    """A post to choose or not."""

    number: int
    path: str
    name: str
    created_at: datetime
    words: str
    is_removed: bool
    is_hidden: bool

    @property
    def indent(self) -> int:
        return min(3, max(0, len(self.path) // STEP - 2))


def posts_to_pick(thread: Thread, begin: int | None = None) -> list[Pick]:
    """The replies as the tree is walked; of a very long thread those from one post on."""
    replies = Post.objects.filter(thread=thread).exclude(parent=None).order_by("path")
    if thread.last_number > MOST_POSTS and begin:
        first = Post.objects.filter(thread=thread, number=begin).values("path")[:1]
        replies = replies.filter(path__gte=first)
    rows = replies.values_list(
        "number", "path", "author__user__name", "author_name", "created_at", "body_text",
        "deleted_at", "hidden_at",
    )[:MOST_POSTS]  # fmt: skip
    return [
        Pick(number, path, name or typed, at, excerpt(text, EXCERPT), bool(gone), bool(hidden))
        for number, path, name, typed, at, text, gone, hidden in rows
    ]


def with_answers(picks: Iterable[Pick], number: int) -> set[int]:
    """The numbers of a post and of all below it."""
    picks = list(picks)
    top = next((pick.path for pick in picks if pick.number == number), None)
    return {pick.number for pick in picks if top and pick.path.startswith(top)}


def threads_to_merge(member: Membership, thread: Thread, words: str = "") -> QuerySet[Thread]:
    """Other threads of these words in their title; without any, the latest of the same space."""
    others = Thread.objects.visible_to(member).exclude(pk=thread.pk)
    wanted = words.split()[:8]
    for word in wanted:
        others = others.filter(title__icontains=word)
    if not wanted:
        others = others.filter(space=thread.space_id)
    return others.select_related("space").order_by("-last_posted_at", "-pk")[:MOST_THREADS]
