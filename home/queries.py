"""What the front door shows, gathered from every room through its own queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils import timezone

from cohort.models import Membership
from forums.queries import FrontPage, front_page
from resources.models import Resource, Trial
from resources.queries import recent_resources
from resources.queries.trials import reports_due
from sessions.models import LearningSession
from sessions.queries import upcoming, waiting_to_close

ROWS = 5
LATER = 3


@dataclass(frozen=True)
class Desk:
    """A member's home on one screen: what is next, what waits for me, what is new."""

    session: LearningSession | None
    later: list[LearningSession]
    forums: FrontPage
    resources: list[Resource]
    # Sessions that a facilitator has not closed out.
    to_close: int = 0
    # What the member's team was asked to report.
    reports: Sequence[Trial] = ()

    @property
    def waits(self) -> int:
        return (
            len(self.forums.waiting)
            + len(self.forums.questions)
            + self.to_close
            + len(self.reports)
        )


def desk(member: Membership, now: datetime) -> Desk:
    """Everything home shows, in a number of queries that does not grow with the rows."""
    ahead = list(upcoming(member).standing()[: 1 + LATER])
    return Desk(
        session=ahead[0] if ahead else None,
        later=ahead[1:],
        forums=front_page(member, most_waiting=ROWS, rows=ROWS),
        resources=recent_resources(member, limit=4),
        reports=reports_due(member),
        to_close=waiting_to_close(member, now).count() if member.is_facilitator else 0,
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
