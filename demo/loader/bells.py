"""Bells with something in them: lines of the last days, unread, and older ones that were read."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from demo.loader.calendar import Calendar
from demo.loader.people import People
from forums.models import Post
from forums.notices import REPLY, group_of
from forums.queries.hearing import who_hears
from notifications.models import Entry

_NEWS = timedelta(days=7)
_REMEMBERED = timedelta(days=45)
_READ_AFTER = timedelta(hours=5)


def load_bells(people: People, calendar: Calendar) -> None:
    posts = Post.objects.filter(
        thread__cohort=people.cohort,
        created_at__gt=calendar.now - _REMEMBERED,
        created_at__lte=calendar.now,
    ).select_related("parent")
    fresh = {post.pk: post for post in posts if post.created_at > calendar.now - _NEWS}
    older = [post for post in posts if post.pk not in fresh]
    Entry.objects.bulk_create([*_unread(fresh), *_read(older)])


def _unread(posts: dict[int, Post]) -> Iterable[Entry]:
    """What those who have not read it would have been told as it was written."""
    for (thread_pk, member_pk), heard in who_hears(posts).items():
        concerning = [pk for pk, reason in heard.items() if reason.why.concerns]
        if concerning:
            at = max(posts[pk].created_at for pk in concerning)
            yield _entry(member_pk, thread_pk, concerning, at=at)


def _read(posts: Iterable[Post]) -> Iterable[Entry]:
    """Answers that were read within hours."""
    answers: dict[tuple[int, int], list[Post]] = defaultdict(list)
    for post in posts:
        if post.parent and post.parent.author_id and post.parent.author_id != post.author_id:
            answers[post.parent.author_id, post.thread_id].append(post)
    for (member_pk, thread_pk), found in answers.items():
        at = max(post.created_at for post in found)
        pks = [post.pk for post in found]
        yield _entry(member_pk, thread_pk, pks, at=at, read_at=at + _READ_AFTER)


def _entry(
    member_pk: int, thread_pk: int, items: list[int], at: datetime, read_at: datetime | None = None
) -> Entry:
    return Entry(
        member_id=member_pk,
        kind=REPLY,
        group=group_of(thread_pk),
        items=sorted(items),
        began_at=at,
        at=at,
        read_at=read_at,
    )
