"""Who hears of discussions at once: bells and devices. Mail waits its ten minutes (`notices`).

A post is written without a thought of its followers; a worker looks for what was not rung yet. Who
hears of what is said in `forums.queries.hearing`, the same as for mail.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from cohort.models import Membership
from forums import live
from forums.models import Post, Thread
from forums.notices import MAIL_TOPICS, STALE_AFTER, group_of, kind_of, mail_named
from forums.queries.hearing import Heard, Reason, Why, who_hears, who_is_concerned
from notifications import bell, reach, wishes
from notifications.models import Entry, Way

POSTS_AT_ONCE = 500
# So long a facilitator may take to say whether a new announcement is told to everybody; whoever
# follows its space would hear of it twice.
DECIDING = timedelta(minutes=10)


@transaction.atomic
def ring(now: datetime) -> int:
    """Tell bells and devices of the posts that none was told of; say of how many.

    Another worker may do so at the same time: each takes the posts that the other has not.
    """
    deciding = Q(number=1, thread__kind=Thread.Kind.ANNOUNCEMENT, created_at__gt=now - DECIDING)
    found = (
        Post.objects.unrung()
        .exclude(deciding)
        .order_by("created_at")
        .select_for_update(of=("self",), skip_locked=True)
        .values_list("pk", "created_at")
    )
    posts = dict(found[:POSTS_AT_ONCE])
    if posts:
        _tell(who_hears([pk for pk, moment in posts.items() if moment > now - STALE_AFTER]))
        Post.objects.filter(pk__in=posts).update(rung_at=now)
    return len(posts)


def _tell(heard: Heard) -> None:
    members = Membership.objects.only("pk", "cohort_id", "user_id").in_bulk(
        {pk for _thread, pk in heard}
    )
    for way in (Way.BELL, Way.PUSH):
        off = wishes.unwanted(members, MAIL_TOPICS, way)
        batches: dict[tuple[int, str, tuple[int, ...]], list[Membership]] = defaultdict(list)
        for (thread_pk, member_pk), found in heard.items():
            kind = kind_of(found.values(), off[member_pk])
            batches[thread_pk, kind, tuple(found)].append(members[member_pk])
        for (thread_pk, kind, posts), people in batches.items():
            reach.tell(
                kind,
                people,
                ways={way},
                dedupe_key=f"posts:{thread_pk}:{max(posts)}",
                target_pk=thread_pk,
                group=group_of(thread_pk),
                items=posts,
            )
    # Somebody may have moved, hidden or closed something while this was being told, and looked
    # before the lines were there: after both are done, one of the two looks at all of it.
    bells_look_again(*{thread_pk for thread_pk, _member in heard})


def ring_named(post: Post, members: Collection[int], teams: Collection[int]) -> None:
    """An edit names people in a post that was told already: who did not hear of it hears now, once.

    Also who has read it: it said nothing of them then. Call in the transaction of the edit, with
    the post's row locked; of what was not told yet they hear with everybody else.
    """
    named = Membership.objects.active().filter(Q(pk__in=members) | Q(team__in=teams))
    concerned = who_is_concerned([post.pk], named.values_list("pk", flat=True))
    heard = {
        key: {post.pk: Reason(Why.MENTIONED, follows=False)}
        for key in (*concerned.heard, *concerned.read)
    }
    if post.rung_at:
        before = Entry.objects.filter(group=group_of(post.thread_id), items__contains=[post.pk])
        rung = set(before.values_list("member_id", flat=True))
        _tell({key: found for key, found in heard.items() if key[1] not in rung})
    if post.told_at:
        mail_named(post, [member for _thread, member in heard])


def readers_changed(*thread_pks: int) -> None:
    """After the commit: some may read less of these threads. Open pages and bells look anew."""
    for thread_pk in thread_pks:
        live.access_changed(thread_pk)
    bells_look_again(*thread_pks)


def bells_look_again(*thread_pks: int) -> None:
    """After the commit: lines about these threads that say nothing any more go."""
    groups = [group_of(pk) for pk in thread_pks]
    if groups:
        transaction.on_commit(lambda: bell.look_again(groups), robust=True)


def posts_went(posts: Collection[int], source: Thread, target: Thread) -> None:
    """What bells say of posts that were split off or merged, they say of the thread they are in."""
    bell.regroup(group_of(source.pk), group_of(target.pk), posts)
    bells_look_again(source.pk, target.pk)
