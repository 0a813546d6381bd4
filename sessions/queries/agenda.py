"""A session's agenda with its hours."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.utils import timezone

from sessions.models import AgendaItem, LearningSession


@dataclass(frozen=True)
class AgendaLine:
    """One item, and when it is on if the session keeps to its plan."""

    item: AgendaItem
    starts_at: datetime
    ends_at: datetime
    now: datetime

    @property
    def is_on(self) -> bool:
        return self.starts_at <= self.now < self.ends_at

    @property
    def is_over(self) -> bool:
        return self.ends_at <= self.now

    @property
    def minutes_left(self) -> int:
        return max(0, ceil((self.ends_at - self.now).total_seconds() / 60))

    @property
    def presenters(self) -> list[str]:
        """People by name, then teams."""
        people = [member.user.name for member in self.item.presenters.all()]
        return [*people, *(team.name for team in self.item.presenting_teams.all())]


def agenda_of(session: LearningSession) -> list[AgendaLine]:
    """The items in order; three queries, or one when there are none."""
    lines, at, now = [], session.starts_at, timezone.now()
    for item in session.agenda.prefetch_related("presenters__user", "presenting_teams"):
        ends_at = at + timedelta(minutes=item.minutes)
        lines.append(AgendaLine(item, at, ends_at, now))
        at = ends_at
    return lines
