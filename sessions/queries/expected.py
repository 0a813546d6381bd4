"""Who will be there: what a session's hosts see before it, by team and by organization."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.utils.functional import cached_property

from cohort.models import Membership
from sessions.models import RSVP, LearningSession
from sessions.queries.rsvps import answers, invited

# Of whom fewer come, a team or organization will be thin.
ENOUGH = 2


@dataclass
class Group:
    """A team or an organization, those of it the session is for, and what they said."""

    name: str
    people: list[Membership] = field(default_factory=list)
    rsvps: list[RSVP] = field(default_factory=list)

    def count(self, answer: str) -> int:
        return sum(rsvp.answer == answer and not rsvp.waitlisted_at for rsvp in self.rsvps)

    @property
    def yes(self) -> int:
        return self.count(RSVP.Answer.YES)

    @property
    def maybe(self) -> int:
        return self.count(RSVP.Answer.MAYBE)

    @property
    def no(self) -> int:
        return self.count(RSVP.Answer.NO)

    @property
    def waiting(self) -> int:
        return sum(rsvp.waitlisted_at is not None for rsvp in self.rsvps)

    @cached_property
    def silent(self) -> list[Membership]:
        answered = {rsvp.member_id for rsvp in self.rsvps}
        return [member for member in self.people if member.pk not in answered]

    @property
    def is_empty(self) -> bool:
        return self.yes == 0

    @property
    def is_thin(self) -> bool:
        return self.yes < min(ENOUGH, len(self.people))


@dataclass(frozen=True)
class Expected:
    everybody: Group
    teams: list[Group]
    organizations: list[Group]
    rsvps: list[RSVP]

    @property
    def notes(self) -> list[RSVP]:
        return [rsvp for rsvp in self.rsvps if rsvp.note]

    @property
    def thin(self) -> list[Group]:
        return [team for team in self.teams if team.is_thin]


def expected(session: LearningSession) -> Expected:
    """Two queries, however many people."""
    people = list(invited(session).select_related("cohort").with_people().by_name())
    here = {member.pk for member in people}
    rsvps = [rsvp for rsvp in answers(session) if rsvp.member_id in here]
    return Expected(
        everybody=Group("", people, rsvps),
        teams=_grouped(people, rsvps, lambda member: member.team),
        organizations=_grouped(people, rsvps, lambda member: member.organization),
        rsvps=rsvps,
    )


def _grouped(
    people: Iterable[Membership], rsvps: Iterable[RSVP], of: Callable[[Membership], object]
) -> list[Group]:
    """By name; whoever is in none is in no group."""
    groups: dict[object, Group] = {}
    for member in people:
        if group := of(member):
            groups.setdefault(group, Group(str(group))).people.append(member)
    for rsvp in rsvps:
        if group := of(rsvp.member):
            groups[group].rsvps.append(rsvp)
    return sorted(groups.values(), key=lambda group: group.name.casefold())
