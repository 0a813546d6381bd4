"""What a member wants to hear of, and how far they say they have read."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from cohort.models import Membership, Tag, Theme
from forums.models import Follow, Level, Reading, Space, Thread
from forums.queries.following import subject_of

ROWS_AT_ONCE = 2_000


def follow(
    *, member: Membership, subject: Space | Thread | Theme | Tag, level: str = Level.EVERYTHING
) -> None:
    """Keep how much the member wants to hear of it; the last word counts."""
    Follow.objects.update_or_create(member=member, **subject_of(subject), defaults={"level": level})


@transaction.atomic
def follow_all_spaces(*, member: Membership, level: str) -> int:
    """Hear as much of every space that the member sees; say how many they are.

    What was chosen for single discussions stays.
    """
    spaces = list(Space.objects.visible_to(member))
    for space in spaces:
        follow(member=member, subject=space, level=level)
    return len(spaces)


def follow_all(*, members: Iterable[Membership], thread: Thread) -> None:
    """Let those who may read a thread follow it; what they chose themselves stays."""
    readers = [m for m in members if m.is_active and m.may_write and _may_read(m, thread)]
    Follow.objects.bulk_create(
        [Follow(member=m, thread=thread, level=Level.EVERYTHING) for m in readers],
        ignore_conflicts=True,
    )


def _may_read(member: Membership, thread: Thread) -> bool:
    return thread.space.is_visible_to(member)


def unfollow(*, member: Membership, subject: Space | Thread | Theme | Tag) -> None:
    """As if nothing had been chosen: a thread is as its space is, a space as all begin."""
    Follow.objects.filter(member=member, **subject_of(subject)).delete()


@transaction.atomic
def mark_all_read(*, member: Membership, space: Space | None = None) -> int:
    """Call everything read that the member may see, in one space or in all; say how many threads.

    What arrives while it runs stays new.
    """
    threads = Thread.objects.visible_to(member)
    if space:
        threads = threads.filter(space=space)
    now = timezone.now()
    got_to = Subquery(Thread.objects.filter(pk=OuterRef("thread")).values("last_number"))
    opened = Reading.objects.filter(member=member, thread__in=threads, number__lt=got_to)
    count = opened.update(number=got_to, read_at=now)
    unopened = threads.exclude(readings__member=member).values_list("pk", "last_number")
    rows = [Reading(member=member, thread_id=pk, number=n, read_at=now) for pk, n in unopened]
    Reading.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE, ignore_conflicts=True)
    return count + len(rows)


def mark_unread(*, member: Membership, thread: Thread) -> None:
    """Call a thread's last post new again; one that was never opened stays so."""
    last = Reading.objects.filter(member=member, thread=thread, number__gte=thread.last_number)
    last.update(number=thread.last_number - 1, read_at=timezone.now())
