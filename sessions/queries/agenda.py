"""A session's agenda with its hours."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Value
from django.utils import timezone

from sessions.models import AgendaItem, LearningSession


@dataclass(frozen=True)
class AgendaLine:
    """One item, and when it is on if the session keeps to its plan."""

    item: AgendaItem
    starts_at: datetime
    ends_at: datetime
    now: datetime
    # Who leads it: people by name, then teams.
    presenters: list[str]

    @property
    def is_on(self) -> bool:
        return self.starts_at <= self.now < self.ends_at

    @property
    def is_over(self) -> bool:
        return self.ends_at <= self.now

    @property
    def minutes_left(self) -> int:
        return max(0, ceil((self.ends_at - self.now).total_seconds() / 60))


def agenda_of(session: LearningSession) -> list[AgendaLine]:
    """The items in order, in one query."""
    lines, at, now = [], session.starts_at, timezone.now()
    items = session.agenda.annotate(
        people=ArrayAgg("presenters__user__name", distinct=True, default=Value([])),
        teams=ArrayAgg("presenting_teams__name", distinct=True, default=Value([])),
    )
    for item in items:
        ends_at = at + timedelta(minutes=item.minutes)
        names = [name for name in (*item.people, *item.teams) if name]
        lines.append(AgendaLine(item, at, ends_at, now, names))
        at = ends_at
    return lines
