"""Polls as their posts show them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from cohort.models import Membership
from forums.models import Poll, PollOption, PollVote, Post


@dataclass(frozen=True)
class OptionView:
    pk: int
    text: str
    votes: int
    percent: int  # of those who voted
    is_mine: bool


@dataclass(frozen=True)
class PollView:
    """A poll as one member may see it. Without `shows_results` all votes read 0."""

    pk: int
    number: int  # its post's
    question: str
    options: list[OptionView]
    voters: int  # how many voted in all
    counted: int  # how many of them the results are of
    is_multiple: bool
    is_anonymous: bool
    is_open: bool
    closes_at: datetime | None
    has_voted: bool
    may_vote: bool
    may_close: bool
    shows_results: bool
    floor: int = Poll.FLOOR

    @property
    def shows_voters(self) -> bool:
        """There is a page that says who chose what."""
        return self.shows_results and not self.is_anonymous and self.voters > 0

    @property
    def awaits_more(self) -> bool:
        """Anonymous, and too few have voted: all that is told is how many."""
        return self.is_anonymous and not self.counted


def polls_of(member: Membership, post_pks: Collection[int]) -> dict[int, PollView]:
    """The polls in those of these posts that the member may read, by post, in one query.

    Results come once the member has voted or the poll is closed; to those who only read, at once.
    """
    if not post_pks:
        return {}
    readable = Post.objects.visible_to(member).standing().filter(pk__in=post_pks)
    votes = PollVote.objects.filter(poll=OuterRef("pk")).order_by().values("poll")
    polls = (
        Poll.objects.filter(post__in=readable.values("pk"))
        .annotate(
            option_rows=ArraySubquery(_option_rows(member)),
            voters=Coalesce(
                Subquery(votes.annotate(n=Count("member", distinct=True)).values("n")), 0
            ),
            number=F("post__number"),
            author_pk=F("post__author"),
            thread_closed_at=F("post__thread__closed_at"),
        )
        .order_by("pk")
    )
    return {poll.post_id: _view(poll, member) for poll in polls}


def _option_rows(member: Membership) -> QuerySet[PollOption, Any]:
    votes = PollVote.objects.filter(option=OuterRef("pk"))
    count = votes.order_by().values("option").annotate(n=Count("pk")).values("n")
    row = JSONObject(
        pk="pk",
        text="text",
        votes=Coalesce(Subquery(count), 0),
        counted="counted",
        is_mine=Exists(votes.filter(member=member)),
    )
    return PollOption.objects.filter(poll=OuterRef("pk")).order_by("position").values(row=row)


def _view(poll: Any, member: Membership) -> PollView:
    is_open = poll.is_open and poll.thread_closed_at is None
    may_vote = is_open and member.may_write
    has_voted = any(row["is_mine"] for row in poll.option_rows)
    counted, column = poll.voters, "votes"
    if poll.is_anonymous:  # also once it is closed: the last one to vote has no name either
        counted, column = poll.counted_voters, "counted"
    shows_results = has_voted or not may_vote
    tells = shows_results and counted > 0
    return PollView(
        pk=poll.pk,
        number=poll.number,
        question=poll.question,
        options=[_option(row, row[column] if tells else 0, counted) for row in poll.option_rows],
        voters=poll.voters,
        counted=counted,
        is_multiple=poll.is_multiple,
        is_anonymous=poll.is_anonymous,
        is_open=is_open,
        closes_at=poll.closes_at,
        has_voted=has_voted,
        may_vote=may_vote,
        may_close=may_vote and (member.is_facilitator or poll.author_pk == member.pk),
        shows_results=shows_results,
    )


def _option(row: dict[str, Any], votes: int, counted: int) -> OptionView:
    return OptionView(
        pk=row["pk"],
        text=row["text"],
        votes=votes,
        percent=round(100 * votes / counted) if counted else 0,
        is_mine=row["is_mine"],
    )


def voters_of(poll: Poll) -> list[tuple[str, list[Membership]]]:
    """Who chose what, option by option, of a poll that is not anonymous."""
    if poll.is_anonymous:
        return []
    votes = PollVote.objects.filter(poll=poll).select_related("member__user")
    people = defaultdict(list)
    for vote in votes.order_by("member__user__name", "member"):
        people[vote.option_id].append(vote.member)
    return [(option.text, people[option.pk]) for option in poll.options.all()]
