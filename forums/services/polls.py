"""Polls: asked with a post, answered once, changed until they close."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership
from forums.models import Poll, PollOption, PollVote, Post
from forums.services.refusals import PostGone, Refused


class PollClosed(Refused):
    reason = _("This poll was closed meanwhile.")


@dataclass(frozen=True)
class NewPoll:
    question: str
    options: Sequence[str]
    is_multiple: bool = False
    is_anonymous: bool = False
    closes_at: datetime | None = None


def attach_poll(post: Post, new: NewPoll) -> Poll:
    poll = Poll.objects.create(
        post=post,
        question=new.question,
        is_multiple=new.is_multiple,
        is_anonymous=new.is_anonymous,
        closes_at=new.closes_at,
    )
    PollOption.objects.bulk_create(
        PollOption(poll=poll, position=position, text=text)
        for position, text in enumerate(new.options)
    )
    return poll


@transaction.atomic
def vote(*, poll: Poll, member: Membership, options: Collection[PollOption]) -> None:
    """Make these the member's choices; none takes the vote back.

    In a poll for one choice only the first counts. Raises PollClosed, or PostGone with its post.
    """
    poll = _lock(poll)
    if not (poll.is_open and poll.post.thread.is_open):
        raise PollClosed
    chosen = [option for option in options if option.poll_id == poll.pk]
    if not poll.is_multiple:
        chosen = chosen[:1]
    PollVote.objects.filter(poll=poll, member=member).exclude(option__in=chosen).delete()
    PollVote.objects.bulk_create(
        [PollVote(poll=poll, option=option, member=member) for option in chosen],
        ignore_conflicts=True,
    )
    if poll.is_anonymous:
        count_when_enough(poll)


@transaction.atomic
def close_poll(*, poll: Poll) -> None:
    """End a poll for good, now. Raises PostGone with its post."""
    poll = _lock(poll)
    if poll.is_open:
        poll.closes_at = timezone.now()
        poll.save(update_fields=["closes_at"])


def _lock(poll: Poll) -> Poll:
    found = (
        Poll.objects.select_for_update(of=("self",))
        .select_related("post__thread")
        .filter(pk=poll.pk)
        .first()
    )
    if found is None or found.post.deleted_at or found.post.hidden_at:
        raise PostGone
    return found


def count_when_enough(poll: Poll) -> None:
    """Count anew what is shown, once so many have voted or changed their vote since the last time.

    People are counted, not votes: whoever changes theirs again and again brings nobody's to light.
    """
    new = PollVote.objects.filter(poll=poll)
    if poll.counted_at:
        new = new.filter(created_at__gt=poll.counted_at)
    if new.aggregate(people=Count("member", distinct=True))["people"] < Poll.FLOOR:
        return
    votes = PollVote.objects.filter(option=OuterRef("pk")).values("option")
    count = Subquery(votes.annotate(count=Count("pk")).values("count"))
    PollOption.objects.filter(poll=poll).update(counted=Coalesce(count, 0))
    everybody = PollVote.objects.filter(poll=poll)
    poll.counted_voters = everybody.aggregate(people=Count("member", distinct=True))["people"]
    poll.counted_at = timezone.now()
    poll.save(update_fields=["counted_voters", "counted_at"])
