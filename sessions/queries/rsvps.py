"""Whom a session is for, and what they answered."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, Count, Q, QuerySet, When, Window

from cohort.models import Audience, Membership, Role, Team
from cohort.models.year import MembershipQuerySet
from sessions.models import RSVP, LearningSession


def invited(session: LearningSession) -> MembershipQuerySet:
    """The members a session is for: who may see it and can answer."""
    return members_for(session.cohort_id, session.audience, session.team_id)


def members_for(cohort_pk: int, audience: str, team_pk: int | None) -> MembershipQuerySet:
    """The members that a session with this audience would be for."""
    members = Membership.objects.active().filter(cohort_id=cohort_pk).exclude(role=Role.OBSERVER)
    if audience == Audience.TEAM:
        return members.filter(Q(team_id=team_pk) | Q(role=Role.FACILITATOR))
    if audience == Audience.FACILITATORS:
        return members.filter(role=Role.FACILITATOR)
    return members


@dataclass(frozen=True)
class Echo:
    """Who hears of what becomes of a session, and what they have answered."""

    invited: int
    yes: int
    maybe: int
    waiting: int


def echo_of(session: LearningSession) -> Echo:
    """Two queries."""
    return Echo(invited=invited(session).count(), **_counts(session))


def _counts(session: LearningSession) -> dict[str, int]:
    return _standing_answers(session).aggregate(
        yes=Count("pk", filter=Q(answer=RSVP.Answer.YES, waitlisted_at=None)),
        maybe=Count("pk", filter=Q(answer=RSVP.Answer.MAYBE)),
        waiting=Count("pk", filter=Q(waitlisted_at__isnull=False)),
    )


def _standing_answers(session: LearningSession) -> QuerySet[RSVP]:
    """Of those who are still in the cohort."""
    return RSVP.objects.filter(session=session, member__left_at=None, member__user__is_active=True)


def answers(session: LearningSession) -> list[RSVP]:
    """The answers of those who are still in the cohort, with people, by name."""
    return list(
        _standing_answers(session)
        .select_related("member__user", "member__team", "member__organization", "member__cohort")
        .order_by("member__user__name", "pk")
    )


# So many faces a session's page shows; the names of all have a page of their own.
FACES = 8


@dataclass(frozen=True)
class WhoComes:
    yes: int
    maybe: int
    waiting: int
    faces: Sequence[RSVP]


def who_comes(session: LearningSession) -> WhoComes:
    """One query, and rows for a few faces only, however many come."""
    going = Q(answer=RSVP.Answer.YES, waitlisted_at=None)
    rows = list(
        _standing_answers(session)
        .select_related("member__user", "member__cohort")
        .annotate(
            is_going=Case(When(going, then=True), default=False),
            yes=Window(Count("pk", filter=going)),
            maybe=Window(Count("pk", filter=Q(answer=RSVP.Answer.MAYBE))),
            waiting=Window(Count("pk", filter=Q(waitlisted_at__isnull=False))),
        )
        .order_by("-is_going", "answered_at", "pk")[:FACES]
    )
    if not rows:
        return WhoComes(0, 0, 0, [])
    faces = [row for row in rows if row.is_going]
    return WhoComes(rows[0].yes, rows[0].maybe, rows[0].waiting, faces)


def unanswered(session: LearningSession) -> MembershipQuerySet:
    """Whom it is for and who has said nothing, with what a person's line shows, by name."""
    return invited(session).exclude(rsvps__session=session).with_people().by_name()


def place_in_line(session: LearningSession, rsvp: RSVP) -> int:
    """How many are served before this one on the waiting list, and this one: 1 is next."""
    waiting = _standing_answers(session).filter(waitlisted_at__isnull=False)
    earlier = Q(waitlisted_at__lt=rsvp.waitlisted_at) | Q(
        waitlisted_at=rsvp.waitlisted_at, pk__lte=rsvp.pk
    )
    return waiting.filter(earlier).count()


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
    def is_silent(self) -> bool:
        """Nobody of the team has said that they come."""
        return self.team is not None and self.yes == 0

    @property
    def is_thin(self) -> bool:
        """Fewer than two of the team come, and of one with a single person, none."""
        return self.team is not None and self.yes < min(2, self.people)


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
