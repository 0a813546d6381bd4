"""A session's agenda with its hours."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from cohort.models import Membership, Team
from sessions.models import AgendaItem


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


def agenda_rows(session: Any) -> QuerySet[Any]:
    """A session's items in order, for `agenda_of`."""
    people = Membership.objects.filter(presents=OuterRef("pk")).by_name()
    teams = Team.objects.filter(presents=OuterRef("pk")).order_by("name")
    row = JSONObject(
        title="title",
        minutes="minutes",
        notes="notes",
        people=ArraySubquery(
            people.values(row=JSONObject(pk="pk", user="user_id", name="user__name"))
        ),
        teams=ArraySubquery(teams.values(row=JSONObject(pk="pk", name="name"))),
    )
    return AgendaItem.objects.filter(session=session).order_by("position").values(row=row)


def agenda_of(session: Any) -> list[AgendaLine]:
    """The items of one of `session_pages`, in order."""
    lines, at, now = [], session.starts_at, timezone.now()
    for row in session.agenda_rows:
        item = AgendaItem(title=row["title"], minutes=row["minutes"], notes=row["notes"])
        ends_at = at + timedelta(minutes=item.minutes)
        names = [who["name"] for who in (*row["people"], *row["teams"])]
        lines.append(AgendaLine(item, at, ends_at, now, names))
        at = ends_at
    return lines
