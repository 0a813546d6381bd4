"""What is new and what waits, for other pages to show."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from cohort.models import Membership, Theme
from forums.models import Post, Reading, Thread, ThreadQuerySet
from forums.queries.lists import name_authors, shown_in_lists


def recent_threads(
    member: Membership, limit: int = 8, since: datetime | None = None
) -> list[Thread]:
    """The visible threads in which something happened last, ready for `_thread_rows.html`."""
    threads = Thread.objects.visible_to(member)
    if since:
        threads = threads.filter(last_posted_at__gt=since)
    return _listed(member, threads.order_by("-last_posted_at", "-pk"), limit)


def unanswered_questions(member: Membership, limit: int = 5) -> list[Thread]:
    """Visible questions of others that no reply has settled, the longest waiting first."""
    questions = Thread.objects.visible_to(member).unanswered().exclude(author=member)
    return _listed(member, questions.order_by("created_at", "pk"), limit)


def theme_threads(member: Membership, theme: Theme, limit: int = 30) -> list[Thread]:
    """Visible threads of a theme (a theme has its sub-lessons' too), the latest first."""
    threads = Thread.objects.visible_to(member).filter(themes=theme)
    return _listed(member, threads.latest_first(), limit)


def unread_replies_to_me(member: Membership, limit: int = 10) -> QuerySet[Post]:
    """Others' standing replies to what the member wrote, not read yet, the newest first.

    With `thread` and `author.user` loaded.
    """
    read = Reading.objects.filter(
        member=member, thread=OuterRef("thread"), number__gte=OuterRef("number")
    )
    return (
        Post.objects.visible_to(member)
        .standing()
        .filter(Q(parent__author=member) & ~Q(author=member), ~Exists(read))
        .select_related("thread__cohort", "author__user")
        .defer("thread__search", "body")
        .order_by("-created_at", "-pk")[:limit]
    )


def _listed(member: Membership, threads: ThreadQuerySet, limit: int) -> list[Thread]:
    found = list(shown_in_lists(threads, member)[:limit])
    name_authors(member, found)
    return found
