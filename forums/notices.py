"""Who hears of discussions by mail: mentions and replies, what one follows, announcements.

A post waits for the beat. When the oldest untold post of a thread is ten minutes old, all of the
thread's are decided at once, so that each reader gets one mail for them; whoever reads them before
gets none. Who hears of what is said in `forums.queries.hearing`, and asked again at sending.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, Exists, OuterRef, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership
from forums.models import Follow, Level, Post, Thread
from forums.queries.hearing import Concerned, Reason, who_is_concerned
from notifications import reach, reasons, wishes
from notifications.models import Delivery, Suppression, Way

REPLY, FOLLOWED = "forums.reply", "forums.followed"
ANNOUNCEMENT, HELPED = "forums.announcement", "forums.helped"
REPLIES_TOPIC, FOLLOWED_TOPIC = "discussions-replies", "discussions-followed"
ANNOUNCEMENTS_TOPIC = "announcements"
MAIL_TOPICS = (REPLIES_TOPIC, FOLLOWED_TOPIC)
# The kinds that carry posts, with their keys in `params["posts"]`.
CARRIERS = (REPLY, FOLLOWED, ANNOUNCEMENT)
# Where answers by mail go (`forums.answers`).
ANSWERS = "forums.thread"

WINDOW = timedelta(minutes=10)
# What nobody was told of for so long (the worker was away, or it is brought along from elsewhere)
# is no news any more; the edition has it.
STALE_AFTER = timedelta(days=3)
THREADS_AT_ONCE = 200


def group_of(thread_pk: int) -> str:
    """What the bell gathers news of a thread by."""
    return f"thread:{thread_pk}"


def plan(now: datetime) -> int:
    """Decide who hears of the posts that have waited long enough; say for how many mails."""
    waiting = Post.objects.untold()
    due = waiting.filter(created_at__lte=now - WINDOW).order_by("created_at")
    threads = dict.fromkeys(due.values_list("thread_id", flat=True)[: THREADS_AT_ONCE * 10])
    # Another worker may decide at the same time: each takes the posts that the other has not.
    found = (
        waiting.filter(thread__in=list(threads)[:THREADS_AT_ONCE])
        .select_for_update(of=("self",), skip_locked=True)
        .values_list("pk", "created_at")
    )
    posts = dict(found) if threads else {}
    if not posts:
        return 0
    count = _tell([pk for pk, moment in posts.items() if moment > now - STALE_AFTER])
    Post.objects.filter(pk__in=posts).update(told_at=now)
    return count


def _tell(post_pks: Collection[int]) -> int:
    concerned = who_is_concerned(post_pks)
    heard = concerned.heard
    members = Membership.objects.only("pk", "cohort_id").in_bulk(
        {member_pk for decided in concerned for _thread, member_pk in decided}
    )
    _note_untold(concerned, members)
    off = wishes.unwanted({member_pk for _thread, member_pk in heard}, MAIL_TOPICS)
    batches: dict[tuple[int, str, tuple[int, ...]], list[Membership]] = defaultdict(list)
    for (thread_pk, member_pk), posts in heard.items():
        kind = kind_of(posts.values(), off[member_pk])
        batches[thread_pk, kind, tuple(posts)].append(members[member_pk])
    return sum(
        reach.tell(
            kind,
            people,
            ways={Way.MAIL},
            dedupe_key=_key_of(thread_pk, posts),
            target_pk=thread_pk,
            params={"posts": list(posts)},
        )
        for (thread_pk, kind, posts), people in batches.items()
    )


def _note_untold(concerned: Concerned, members: Mapping[int, Membership]) -> None:
    """Whom posts are about, and who get no mail of them, stand in the log with the reason."""
    reach.note_untold(
        REPLY,
        [
            reach.Untold(
                members[member_pk], reason, _key_of(thread_pk, posts), thread_pk, {"posts": posts}
            )
            for reason, left_out in ((QUIET, concerned.quiet), (CAUGHT_UP, concerned.read))
            for (thread_pk, member_pk), posts in left_out.items()
        ],
    )


def _key_of(thread_pk: int, posts: Collection[int]) -> str:
    """One decision for a reader and what is new in a thread, whichever way it falls."""
    return f"posts:{thread_pk}:{max(posts)}"


def mail_named(post: Post, member_pks: Collection[int]) -> None:
    """Members whom an edit named: those who had no mail of the post get one in ten minutes."""
    named = list(Membership.objects.only("pk", "cohort_id").filter(pk__in=member_pks))
    mailed = mailed_posts(named, since=post.created_at)
    reach.tell(
        REPLY,
        [member for member in named if (member.pk, post.pk) not in mailed],
        ways={Way.MAIL},
        dedupe_key=f"named:{post.pk}",
        target_pk=post.thread_id,
        params={"posts": [post.pk]},
        not_before=timezone.now() + WINDOW,
    )


def kind_of(found: Collection[Reason], off: Collection[str]) -> str:
    """One word has one topic: the personal one, if anything in it is and they want to hear it."""
    is_personal = any(reason.why.concerns for reason in found)
    if is_personal and (REPLIES_TOPIC not in off or not any(reason.follows for reason in found)):
        return REPLY
    return FOLLOWED


def mailed_posts(members: Iterable[Membership], since: datetime) -> set[tuple[int, int]]:
    """Which posts went to whom in a mail of their own, or wait to, by member and post."""
    state = Delivery.State
    rows = Delivery.objects.filter(
        recipient__in=[member.pk for member in members],
        kind__in=CARRIERS,
        created_at__gte=since,
        state__in=[*Delivery.UNSETTLED, state.SENT, state.UNCERTAIN],
    ).values_list("recipient_id", "params")
    return {(member, post) for member, params in rows if member for post in params["posts"]}


def mails_of_posts(
    member_pks: Collection[int], thread_pks: Collection[int]
) -> dict[int, dict[int, str]]:
    """The Message-ID of the mail in which each member got each post, by member and post."""
    state = Delivery.State
    rows = Delivery.objects.filter(
        recipient__in=member_pks,
        target_pk__in=thread_pks,
        kind__in=CARRIERS,
        state__in=[state.SENT, state.UNCERTAIN],
    ).order_by("pk")
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for member, message_id, params in rows.values_list("recipient_id", "message_id", "params"):
        if member:
            found[member] |= dict.fromkeys(params["posts"], message_id)
    return found


# ------------------------------------------------------------------------- announcements


@dataclass(frozen=True)
class Audience:
    """Who gets an announcement by mail, and how many do not, by reason in words."""

    mailed: int
    left_out: Mapping[str, int]

    @property
    def readers(self) -> int:
        """Everybody but the author who can read it."""
        return self.mailed + sum(self.left_out.values())


def announce(thread: Thread) -> int:
    """Put the mail of an announcement into the outbox for everybody who can read it; once.

    Those who will not get it are in the log, with the reason. Says for how many it was asked.
    """
    opening = thread.posts.get(number=1)
    now = timezone.now()
    Post.objects.filter(pk=opening.pk, told_at=None).update(told_at=now)
    Post.objects.filter(pk=opening.pk, rung_at=None).update(rung_at=now)
    return reach.tell(
        ANNOUNCEMENT,
        _readers(thread).only("pk", "cohort_id", "user_id"),
        dedupe_key=f"announcement:{thread.pk}",
        target_pk=thread.pk,
        params={"posts": [opening.pk]},
        group=group_of(thread.pk),
        items=[opening.pk],
    )


def announcement_audience(thread: Thread) -> Audience:
    """How many an announcement would reach by mail now, and why the others not."""
    suppressed = Suppression.objects.filter(address=OuterRef("user__email"))
    agreed = Membership.objects.agreed().filter(pk=OuterRef("pk"))
    wanted = wishes.wish(ANNOUNCEMENTS_TOPIC, Way.MAIL)
    rows = (
        _readers(thread)
        .annotate(
            reason=Case(
                When(~Exists(agreed), then=Value(reasons.NOT_WELCOMED)),
                When(~wanted, then=Value(reasons.SWITCHED_OFF)),
                When(Exists(suppressed), then=Value(reasons.SUPPRESSED)),
                When(is_quiet(thread), then=Value(QUIET)),
                default=Value(""),
                output_field=CharField(),
            )
        )
        .order_by()
        .values_list("reason")
        .annotate(count=Count("pk"))
    )
    counts = dict(rows)
    mailed = counts.pop("", 0)
    return Audience(mailed, {reasons.words(reason): n for reason, n in sorted(counts.items())})


def _readers(thread: Thread) -> QuerySet[Membership]:
    return thread.space.readers().exclude(pk=thread.author_id or 0)


def is_quiet(thread: Thread) -> Any:
    """Whether a member keeps a thread quiet, as a condition on memberships."""
    mine = Follow.objects.filter(member=OuterRef("pk"))
    own, quiet = mine.filter(thread=thread), mine.filter(level=Level.QUIET)
    silenced = Exists(quiet.filter(thread=thread))
    return silenced | (Exists(quiet.filter(space=thread.space_id)) & ~Exists(own))


# ------------------------------------------------------------------------- what helped


def answer_marked(post: Post, by: Membership | None = None) -> None:
    """Whoever wrote the reply that helped hears of it, a while later: marks are taken back too."""
    if post.author is None or post.author in (by, post.thread.author):
        return
    now = timezone.now()
    reach.tell(
        HELPED,
        [post.author],
        dedupe_key=f"helped:{post.pk}:{now:%Y%m%d}",
        target_pk=post.pk,
        not_before=now + WINDOW,
        group=group_of(post.thread_id),
        items=[post.pk],
    )


QUIET, CAUGHT_UP, NOT_THE_ANSWER = "quiet", "caught-up", "not-the-answer"
reasons.WORDS.update(
    {
        QUIET: _("Keeps this quiet"),
        CAUGHT_UP: _("Was read, taken back or silenced before it went out"),
        NOT_THE_ANSWER: _("Is not marked as the reply that helped any more"),
    }
)
