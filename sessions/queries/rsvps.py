"""Whom a session is for, and what they answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, When, Window
from django.db.models.functions import JSONObject

from cohort.models import Audience, Membership, Role, User
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


def _standing_answers(session: Any) -> QuerySet[RSVP]:
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
    faces: Sequence[User]


def answer_rows(session: Any) -> QuerySet[Any]:
    """A few answers to a session, those of who comes first, each with the counts of all, for
    `who_comes`.
    """
    going = Q(answer=RSVP.Answer.YES, waitlisted_at=None)
    user = JSONObject(pk="member__user", name="member__user__name", photo="member__user__photo")
    row = JSONObject(is_going="is_going", yes="yes", maybe="maybe", waiting="waiting", user=user)
    answers = _standing_answers(session).annotate(
        is_going=Case(When(going, then=True), default=False),
        yes=Window(Count("pk", filter=going)),
        maybe=Window(Count("pk", filter=Q(answer=RSVP.Answer.MAYBE))),
        waiting=Window(Count("pk", filter=Q(waitlisted_at__isnull=False))),
    )
    few = answers.order_by("-is_going", "answered_at", "pk")[:FACES]
    return few.values(row=row)


def who_comes(session: Any) -> WhoComes:
    """To one of `session_pages`."""
    rows = session.answer_rows
    if not rows:
        return WhoComes(0, 0, 0, [])
    faces = [User(**row["user"]) for row in rows if row["is_going"]]
    return WhoComes(rows[0]["yes"], rows[0]["maybe"], rows[0]["waiting"], faces)


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
