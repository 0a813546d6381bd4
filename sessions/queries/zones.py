"""How a time falls where the people of a cohort live."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.utils import formats

from cohort.models import Cohort, Membership
from cohort.models.year import MembershipQuerySet


@dataclass(frozen=True)
class ZoneTime:
    """What the clocks show somewhere when a session begins."""

    zone: str
    start: datetime
    end: datetime
    teams: list[str]
    people: int

    @property
    def words(self) -> str:
        """The hours as the clocks there show them."""
        begins = formats.date_format(self.start, "D, M j, g:i A")
        same_day = self.start.date() == self.end.date()
        return f"{begins} – {formats.date_format(self.end, 'g:i A T' if same_day else 'D g:i A T')}"

    @property
    def is_night(self) -> bool:
        return self.start.hour < 6 or self.end.hour >= 22 or self.end.date() != self.start.date()

    @property
    def is_early(self) -> bool:
        return self.start.hour < 8

    @property
    def is_late(self) -> bool:
        return self.end.hour >= 18 or self.end.date() != self.start.date()


@dataclass(frozen=True)
class ZonePeople:
    """Who lives in one zone: how many, and of which teams."""

    zone: str
    people: int
    teams: list[str]


def people_by_zone(members: MembershipQuerySet) -> list[ZonePeople]:
    """The zones that these live in: one query."""
    rows = (
        members.order_by().values_list("user__time_zone", "team__name").annotate(people=Count("pk"))
    )
    teams: dict[str, set[str]] = defaultdict(set)
    people: dict[str, int] = defaultdict(int)
    for zone, team, number in rows:
        people[zone] += number
        if team:
            teams[zone].add(team)
    return [ZonePeople(zone, number, sorted(teams[zone])) for zone, number in people.items()]


def falls(zones: Iterable[ZonePeople], starts_at: datetime, ends_at: datetime) -> list[ZoneTime]:
    """How a time falls in each of these zones, from east to west."""
    times = [
        ZoneTime(
            one.zone,
            starts_at.astimezone(ZoneInfo(one.zone)),
            ends_at.astimezone(ZoneInfo(one.zone)),
            one.teams,
            one.people,
        )
        for one in zones
    ]
    return sorted(
        times, key=lambda time: (time.start.replace(tzinfo=None), time.zone), reverse=True
    )


def times_by_zone(cohort: Cohort, starts_at: datetime, ends_at: datetime) -> list[ZoneTime]:
    """How a time falls in each zone that the cohort's people live in."""
    everybody = Membership.objects.active().filter(cohort=cohort)
    return falls(people_by_zone(everybody), starts_at, ends_at)
