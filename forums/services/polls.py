"""Polls: asked with a post, answered once, changed until they close."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
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
    poll = Poll.objects.select_for_update().select_related("post__thread").get(pk=poll.pk)
    if poll.post.deleted_at or poll.post.hidden_at:
        raise PostGone
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
