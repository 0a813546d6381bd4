"""Flagged posts: what waits for a decision, what was decided, what an author is told."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cohort.models import AuditEntry, Membership
from forums.models import Flag, Post

CASES, LOG = 20, 30

DECISIONS = {
    "post.author_asked": _("Author asked"),
    "post.kept": _("Kept"),
    "post.hidden": _("Hidden"),
    "post.shown": _("Brought back"),
    "post.removed": _("Removed for good"),
}


@dataclass
class FlaggedPost:
    """A post that waits for a decision, with who flagged it and why."""

    post: Post
    flags: list[Flag] = field(default_factory=list)
    form: Any = None

    @property
    def seen(self) -> str:
        return " ".join(f"{flag.pk}-{flag.state}" for flag in self.flags)

    @property
    def asked(self) -> Flag | None:
        asked = [flag for flag in self.flags if flag.state == Flag.State.ASKED]
        return max(asked, key=lambda flag: flag.decided_at or flag.created_at, default=None)

    @property
    def is_all_asked(self) -> bool:
        return all(flag.state == Flag.State.ASKED for flag in self.flags)

    @property
    def was_edited_since(self) -> bool:
        asked, edited_at = self.asked, self.post.edited_at
        return bool(asked and asked.decided_at and edited_at and edited_at > asked.decided_at)


@dataclass(frozen=True)
class Decision:
    """One line of the log."""

    at: datetime
    by: str
    what: Any
    title: str
    words: str
    post: Post | None  # where it is still there

    @property
    def may_come_back(self) -> bool:
        return self.post is not None and self.post.hidden_at is not None


def waiting_flags(member: Membership) -> QuerySet[Flag]:
    """Those that ask for a decision of the member's. What its author removed needs none."""
    gone = Q(post__deleted_at__isnull=False) | Q(post__thread__deleted_at__isnull=False)
    return Flag.objects.visible_to(member).waiting().exclude(gone)


def count_cases(member: Membership) -> int:
    """How many flagged posts wait."""
    return waiting_flags(member).values("post").distinct().count()


def cases(member: Membership, number: str | None = None) -> tuple[Page[Any], list[FlaggedPost]]:
    """A page of the posts that wait, those flagged first coming first."""
    waiting = waiting_flags(member)
    posts = waiting.values("post").annotate(first=Min("created_at")).order_by("first", "post")
    page = Paginator(posts.values_list("post", flat=True), CASES).get_page(number)
    return page, list(_cases(waiting, list(page.object_list)))


def _cases(waiting: QuerySet[Flag], pks: list[int]) -> Iterable[FlaggedPost]:
    posts = Post.objects.select_related(
        "thread__space", "thread__cohort", "author__user", "parent__author__user"
    ).in_bulk(pks)
    flags = defaultdict(list)
    for flag in waiting.filter(post__in=pks).select_related("flagged_by__user").order_by("pk"):
        flags[flag.post_id].append(flag)
    return (FlaggedPost(posts[pk], flags[pk]) for pk in pks if pk in posts)


def decisions(member: Membership, number: str | None = None) -> tuple[Page[Any], list[Decision]]:
    """A page of what was decided about posts in the member's cohort, the latest first."""
    entries = AuditEntry.objects.filter(cohort_pk=member.cohort_id, action__in=DECISIONS)
    page = Paginator(entries.order_by("-pk"), LOG).get_page(number)
    found = list(page.object_list)
    posts = (
        Post.objects.visible_to(member)
        .filter(deleted_at=None)
        .select_related("thread__cohort")
        .in_bulk([entry.details["post"] for entry in found])
    )
    return page, [
        Decision(
            at=entry.at,
            by=entry.actor_name,
            what=DECISIONS[entry.action],
            title=entry.subject,
            words=entry.details["words"],
            post=posts.get(entry.details["post"]),
        )
        for entry in found
    ]
