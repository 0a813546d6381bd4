"""What the console shows: the roster, who comes, what needs attention, the mail that went out."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from cohort.models import Audience, Invitation, Membership, Role, Tag, Team
from cohort.queries import expiring_invitations
from cohort.services.tags import standing_items
from forums.models import Thread
from forums.queries.flags import count_cases
from notifications.addresses import suppressed
from notifications.models import Delivery, Suppression
from sessions.models import RSVP, LearningSession
from sessions.queries import waiting_to_close

ROSTER_PAGE = 40
TAG_PAGE = 60
# The console looks this far ahead and back.
SOON = timedelta(days=14)
INVITATIONS_SOON = timedelta(days=7)
MAIL_WINDOW = timedelta(days=7)
QUESTION_IS_COLD = timedelta(days=2)
SHOWN = 5
SESSIONS_SHOWN = 12
TO_CLOSE_SHOWN = 60


# ---------------------------------------------------------------- roster


@dataclass(frozen=True)
class RosterRow:
    """A member, or somebody invited who has not come yet."""

    name: str
    address: str
    role: str
    state: str  # active, left, waiting, expired
    team: Team | None
    organization: Any
    member: Membership | None = None
    invitation: Invitation | None = None
    stopped: Suppression | None = None  # why and since when the address gets no mail

    @property
    def role_label(self) -> str:
        return str(Role(self.role).label)

    @property
    def state_label(self) -> str:
        return {
            "active": _("Active"),
            "left": _("Removed"),
            "waiting": _("Invited"),
            "expired": _("Invitation expired"),
        }[self.state]


def roster_keys(member: Membership, now: datetime, chosen: dict[str, Any]) -> QuerySet[Any]:
    """(kind, pk, name) of everybody on the roster who fits, by name."""
    members = _fitting(Membership.objects.filter(cohort_id=member.cohort_id), chosen, "user__")
    invited = _fitting(Invitation.objects.open().filter(cohort_id=member.cohort_id), chosen, "")
    state = chosen.get("state", "")
    here = Q(left_at=None, user__is_active=True)
    if state in ("waiting", "expired"):
        members = members.none()
        soon = Q(expires_at__gt=now)
        invited = invited.filter(soon if state == "waiting" else ~soon)
    elif state:
        invited = invited.none()
        members = members.filter(here if state == "active" else ~here)
    left = members.annotate(kind=Value("member"), who=F("user__name"))
    right = invited.annotate(kind=Value("invitation"), who=F("name"))
    return (
        left.order_by()
        .values_list("kind", "pk", "who")
        .union(right.order_by().values_list("kind", "pk", "who"), all=True)
        .order_by("who", "kind", "pk")
    )


def _fitting(rows: QuerySet[Any], chosen: dict[str, Any], person: str) -> QuerySet[Any]:
    for word in chosen.get("q", "").split()[:8]:
        rows = rows.filter(
            Q(**{f"{person}name__unaccent__icontains": word})
            | Q(**{f"{person}email__icontains": word})
            | Q(organization__name__unaccent__icontains=word)
        )
    if team := chosen.get("team"):
        rows = rows.filter(team=team)
    if role := chosen.get("role"):
        rows = rows.filter(role=role)
    return rows


def roster_rows(keys: Iterable[tuple[str, int, str]]) -> list[RosterRow]:
    """The rows of these keys in their order, with three queries for any number of them."""
    keys = list(keys)
    members = Membership.objects.with_people().in_bulk(
        [pk for kind, pk, _who in keys if kind == "member"]
    )
    invitations = Invitation.objects.select_related("team", "organization").in_bulk(
        [pk for kind, pk, _who in keys if kind == "invitation"]
    )
    rows = [
        _member_row(members[pk]) if kind == "member" else _invited_row(invitations[pk])
        for kind, pk, _who in keys
    ]
    stopped = suppressed([row.address for row in rows])
    return [replace(row, stopped=stopped.get(row.address)) for row in rows]


def _member_row(member: Membership) -> RosterRow:
    return RosterRow(
        name=member.user.name,
        address=member.user.email,
        role=member.role,
        state="active" if member.is_active else "left",
        team=member.team,
        organization=member.organization,
        member=member,
    )


def _invited_row(invitation: Invitation) -> RosterRow:
    return RosterRow(
        name=invitation.name,
        address=invitation.email,
        role=invitation.role,
        state=str(invitation.status),
        team=invitation.team,
        organization=invitation.organization,
        invitation=invitation,
    )


def roster_page(
    member: Membership, now: datetime, chosen: dict[str, Any], number: str | None
) -> tuple[Page[Any], list[RosterRow]]:
    page = Paginator(roster_keys(member, now, chosen), ROSTER_PAGE).get_page(number)
    return page, roster_rows(page.object_list)


# ---------------------------------------------------------------- who comes


@dataclass
class Answers:
    """How one team, or everybody, answered to one session."""

    expected: int = 0
    yes: int = 0
    maybe: int = 0
    no: int = 0

    @property
    def silent(self) -> int:
        return max(0, self.expected - self.yes - self.maybe - self.no)

    @property
    def is_missing(self) -> bool:
        """People of this team are asked, and none of them comes so far."""
        return self.expected > 0 and self.yes == 0


@dataclass
class SessionAnswers:
    session: LearningSession
    total: Answers = field(default_factory=Answers)
    # In the order of the teams; None where the session is not for that team.
    by_team: list[tuple[Team, Answers | None]] = field(default_factory=list)

    @property
    def missing_teams(self) -> list[Team]:
        return [team for team, answers in self.by_team if answers and answers.is_missing]


def session_answers(member: Membership, now: datetime) -> list[SessionAnswers]:
    """For the sessions ahead, how each team has answered. Four queries, however many rows."""
    teams = list(Team.objects.filter(cohort_id=member.cohort_id))
    ahead = LearningSession.objects.visible_to(member).standing().ahead(now)
    sessions = list(ahead.exclude(audience=Audience.FACILITATORS)[:SESSIONS_SHOWN])
    people = (
        Membership.objects.active()
        .filter(cohort_id=member.cohort_id, role__in=[Role.MEMBER, Role.TEAM_LEAD])
        .order_by()
        .values_list("team_id")
        .annotate(n=Count("pk"))
    )
    sizes = dict(people)
    given: dict[int, Counter[tuple[int | None, str]]] = defaultdict(Counter)
    answers = (
        RSVP.objects.filter(
            session__in=[session.pk for session in sessions],
            member__left_at=None,
            member__user__is_active=True,
            member__role__in=[Role.MEMBER, Role.TEAM_LEAD],
        )
        .values_list("session_id", "member__team_id", "answer")
        .annotate(n=Count("pk"))
        .order_by()
    )
    for session_pk, team_pk, answer, n in answers:
        given[session_pk][team_pk, answer] += n
    return [_answers_of(session, teams, sizes, given[session.pk]) for session in sessions]


def _answers_of(
    session: LearningSession,
    teams: list[Team],
    sizes: dict[int | None, int],
    given: Counter[tuple[int | None, str]],
) -> SessionAnswers:
    result = SessionAnswers(session)
    for team in teams:
        if session.audience == Audience.TEAM and session.team_id != team.pk:
            result.by_team.append((team, None))
            continue
        answers = Answers(
            expected=sizes.get(team.pk, 0),
            yes=given[team.pk, RSVP.Answer.YES],
            maybe=given[team.pk, RSVP.Answer.MAYBE],
            no=given[team.pk, RSVP.Answer.NO],
        )
        result.by_team.append((team, answers))
        total = result.total
        total.expected += answers.expected
        total.yes += answers.yes
        total.maybe += answers.maybe
        total.no += answers.no
    return result


# ---------------------------------------------------------------- today


@dataclass(frozen=True)
class Attention:
    """What asks for a facilitator today; the lists are cut, the counts are not."""

    invitations: list[Invitation]
    invitation_count: int
    failures: list[Delivery]
    failure_count: int
    thin_sessions: list[SessionAnswers]
    to_close: list[LearningSession]  # not cut
    questions: list[Thread]
    question_count: int
    flagged_count: int

    def __bool__(self) -> bool:
        return bool(
            self.invitations
            or self.failures
            or self.thin_sessions
            or self.to_close
            or self.questions
            or self.flagged_count
        )


@dataclass(frozen=True)
class Figures:
    active: int
    invited: int
    seen_this_week: int
    teams: int

    @property
    def is_new_cohort(self) -> bool:
        """Nobody was imported or invited so far, apart from whoever set it up."""
        return not self.teams and not self.invited


def attention(member: Membership, now: datetime) -> Attention:
    invitations = expiring_invitations(member, now + INVITATIONS_SOON)
    failures = (
        Delivery.objects.filter(
            cohort_id=member.cohort_id,
            state__in=[Delivery.State.FAILED, Delivery.State.UNCERTAIN],
            created_at__gt=now - MAIL_WINDOW,
        )
        .select_related("recipient__user")
        .order_by("-created_at", "-pk")
    )
    questions = (
        Thread.objects.visible_to(member)
        .unanswered()
        .filter(reply_count=0, created_at__lt=now - QUESTION_IS_COLD)
        .select_related("author__user", "cohort")
        .order_by("created_at", "pk")
    )
    return Attention(
        invitations=list(invitations[:SHOWN]),
        invitation_count=invitations.count(),
        failures=list(failures[:SHOWN]),
        failure_count=failures.count(),
        thin_sessions=[
            one
            for one in session_answers(member, now)
            if one.session.starts_at < now + SOON and one.missing_teams
        ],
        to_close=list(waiting_to_close(member, now)[:TO_CLOSE_SHOWN]),
        questions=list(questions[:SHOWN]),
        question_count=questions.count(),
        flagged_count=count_cases(member),
    )


def figures(member: Membership, now: datetime) -> Figures:
    active = Membership.objects.visible_to(member)
    return Figures(
        active=active.count(),
        invited=Invitation.objects.open().filter(cohort_id=member.cohort_id).count(),
        seen_this_week=active.filter(last_seen_at__gt=now - timedelta(days=7)).count(),
        teams=Team.objects.filter(cohort_id=member.cohort_id).count(),
    )


# ---------------------------------------------------------------- tags


def tags_with_counts(member: Membership, q: str = "") -> QuerySet[Tag]:
    """The cohort's free tags by name, each with how many things carry it, as `thread_count`."""
    counts = {f"{name}_count": _count_of(items) for name, items in standing_items().items()}
    tags = Tag.objects.filter(cohort_id=member.cohort_id)
    for word in q.split()[:8]:
        tags = tags.filter(name__icontains=word)
    return tags.annotate(**counts).order_by("name", "pk")


def _count_of(items: QuerySet[Any]) -> Any:
    rows = items.filter(tag=OuterRef("pk")).order_by().values("tag")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)
