"""Whom a session is for, and what they answered."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from cohort.models import Audience, Membership, Role, Team
from cohort.models.year import MembershipQuerySet
from sessions.models import RSVP, LearningSession


def invited(session: LearningSession) -> MembershipQuerySet:
    """The members a session is for: who may see it and can answer."""
    members = (
        Membership.objects.active().filter(cohort_id=session.cohort_id).exclude(role=Role.OBSERVER)
    )
    if session.audience == Audience.TEAM:
        return members.filter(Q(team_id=session.team_id) | Q(role=Role.FACILITATOR))
    if session.audience == Audience.FACILITATORS:
        return members.filter(role=Role.FACILITATOR)
    return members


def answers(session: LearningSession) -> list[RSVP]:
    """The answers of those who are still in the cohort, with people, by name."""
    return list(
        RSVP.objects.filter(session=session, member__left_at=None, member__user__is_active=True)
        .select_related("member__user", "member__team", "member__organization", "member__cohort")
        .order_by("member__user__name", "pk")
    )


@dataclass(frozen=True)
class TeamCount:
    """How one team (None: those without one) has answered one session."""

    team: Team | None
    people: int
    yes: int = 0
    maybe: int = 0
    no: int = 0
    waiting: int = 0

    @property
    def unanswered(self) -> int:
        return self.people - self.yes - self.maybe - self.no - self.waiting

    @property
    def is_thin(self) -> bool:
        """Nobody of the team has said that they come."""
        return self.team is not None and self.yes == 0


def rsvp_counts_by_team(sessions: Sequence[LearningSession]) -> dict[int, list[TeamCount]]:
    """By session, the teams it is for, in order of name: three queries for any number of them."""
    cohorts = {session.cohort_id for session in sessions}
    teams = {team.pk: team for team in Team.objects.filter(cohort_id__in=cohorts)}
    members = (
        Membership.objects.active()
        .filter(cohort_id__in=cohorts)
        .exclude(role=Role.OBSERVER)
        .order_by()
        .values_list("cohort_id", "team_id")
        .annotate(people=Count("pk"))
    )
    people = {(cohort, team): number for cohort, team, number in members}
    counts: dict[tuple[int, int | None], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = (
        RSVP.objects.filter(
            session__in=[session.pk for session in sessions],
            member__left_at=None,
            member__user__is_active=True,
        )
        .order_by()
        .values_list("session_id", "member__team_id", "answer")
        .annotate(
            seated=Count("pk", filter=Q(waitlisted_at=None)),
            waiting=Count("pk", filter=Q(waitlisted_at__isnull=False)),
        )
    )
    for session_pk, team_pk, answer, seated, waiting in rows:
        counts[session_pk, team_pk][answer] += seated
        counts[session_pk, team_pk]["waiting"] += waiting
    return {
        session.pk: [
            TeamCount(
                teams.get(team_pk) if team_pk else None, number, **counts[session.pk, team_pk]
            )
            for (cohort_pk, team_pk), number in sorted(
                people.items(), key=lambda item: _team_order(teams, item[0][1])
            )
            if cohort_pk == session.cohort_id and _is_for(session, team_pk)
        ]
        for session in sessions
    }


def _team_order(teams: dict[int, Team], team_pk: int | None) -> tuple[bool, str]:
    return (team_pk is None, teams[team_pk].name.casefold() if team_pk else "")


def _is_for(session: LearningSession, team_pk: int | None) -> bool:
    if session.audience == Audience.COHORT or team_pk is None:
        return True
    return session.audience == Audience.TEAM and team_pk == session.team_id
