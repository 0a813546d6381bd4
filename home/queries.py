"""What the front door shows, gathered from every room through its own queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils import timezone

from cohort.models import Membership
from forums.queries import (
    recent_threads,
    unanswered_questions,
    unread_replies_to_me,
)
from resources.queries import recent_resources
from sessions.models import LearningSession
from sessions.queries import next_session, upcoming

ROWS = 5
FIRST_VISIT_LOOKS_BACK = timedelta(days=14)


@dataclass(frozen=True)
class Desk:
    """A member's home on one screen: what is next, what waits for me, what is new."""

    session: LearningSession | None
    later: list[LearningSession]
    replies: list[Any]
    questions: list[Any]
    threads: list[Any]
    resources: list[Any]
    since: datetime

    @property
    def waits(self) -> int:
        return len(self.replies) + len(self.questions)


def desk(member: Membership, now: datetime) -> Desk:
    """Everything home shows, in a number of queries that does not grow with the rows."""
    session = next_session(member)
    later = upcoming(member).standing()
    return Desk(
        session=session,
        later=list((later.exclude(pk=session.pk) if session else later)[:3]),
        replies=list(unread_replies_to_me(member, limit=ROWS)),
        questions=unanswered_questions(member, limit=3),
        threads=recent_threads(member, limit=ROWS),
        resources=recent_resources(member, limit=4),
        since=member.previous_visit_at or now - FIRST_VISIT_LOOKS_BACK,
    )


@dataclass(frozen=True)
class Month:
    first: datetime
    sessions: list[LearningSession]


def by_month(sessions: Sequence[LearningSession]) -> list[Month]:
    """The year's sessions under their months, in the reader's zone."""

    def month(session: LearningSession) -> tuple[int, int]:
        wall = timezone.localtime(session.starts_at)
        return wall.year, wall.month

    months = [list(group) for _month, group in groupby(sessions, key=month)]
    return [Month(first=group[0].starts_at, sessions=group) for group in months]
