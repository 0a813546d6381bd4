"""Who was there, of those it was for: by person, team, organization and sector."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils import timezone

from cohort.models import Audience, Membership, Organization, Role, Sector, Team
from sessions.models import Attendance, LearningSession

AWARDEES = (Role.MEMBER, Role.TEAM_LEAD)


@dataclass
class Share:
    """So many of so many."""

    there: int = 0
    asked: int = 0

    @property
    def percent(self) -> int:
        return round(100 * self.there / self.asked) if self.asked else 0


@dataclass
class Turnout:
    """What came of one session. Hosts and observers are not counted: it was not for them."""

    people: Share = field(default_factory=Share)
    teams: dict[Team, Share] = field(default_factory=dict)
    organizations: dict[Organization, Share] = field(default_factory=dict)
    # How many marks there are: without any nobody knows who came.
    marks: int = 0

    @property
    def is_known(self) -> bool:
        return self.marks > 0

    @property
    def teams_there(self) -> Share:
        return _represented(self.teams.values())

    @property
    def organizations_there(self) -> Share:
        return _represented(self.organizations.values())

    @property
    def sectors(self) -> list[tuple[str, Share]]:
        """Organizations there, of how many, by sector in the order that sectors have."""
        found: dict[str, list[Share]] = defaultdict(list)
        for organization, share in self.organizations.items():
            found[organization.sector].append(share)
        return [
            (str(Sector(sector).label), _represented(found[sector]))
            for sector in Sector.values
            if sector in found
        ]

    def count(self, member: Membership, mark: str) -> None:
        was_there = mark in Attendance.THERE
        self.marks += bool(mark)
        shares = [self.people]
        if member.team:
            shares.append(self.teams.setdefault(member.team, Share()))
        if member.organization:
            shares.append(self.organizations.setdefault(member.organization, Share()))
        for share in shares:
            share.asked += 1
            share.there += was_there


def _represented(shares: Iterable[Share]) -> Share:
    """Of how many at least one person was there."""
    shares = list(shares)
    return Share(sum(share.there > 0 for share in shares), len(shares))


def turnouts(sessions: Sequence[LearningSession]) -> dict[int, Turnout]:
    """By session, for any number of sessions: one query."""
    found = {session.pk: Turnout() for session in sessions}
    if not found:
        return found
    rows = Attendance.objects.filter(session__in=found, member=OuterRef("pk"))
    marks = ArraySubquery(rows.values_list(JSONObject(session="session", mark="mark")))
    members = list(
        Membership.objects.filter(
            cohort__in={session.cohort_id for session in sessions}, role__in=AWARDEES
        )
        .select_related("user", "team", "organization")
        .annotate(marks=marks)
        .order_by("team__name", "organization__name", "user__name", "pk")
    )
    marks_of = {m.pk: {row["session"]: row["mark"] for row in m.marks} for m in members}
    began: dict[int, datetime] = {}  # when the first of each cohort came
    for member in members:
        joined_at = member.joined_at
        began[member.cohort_id] = min(joined_at, began.get(member.cohort_id, joined_at))
    for session in sessions:
        for member in members:
            mark = marks_of[member.pk].get(session.pk, "")
            if mark or _was_asked(session, member, began[member.cohort_id]):
                found[session.pk].count(member, mark)
    return found


def _was_asked(session: LearningSession, member: Membership, first_joined_at: datetime) -> bool:
    """Whether it was for them, who were in the cohort then. Held before anybody had come to this
    product, it was for everybody.
    """
    if member.cohort_id != session.cohort_id or session.audience == Audience.FACILITATORS:
        return False
    if session.audience == Audience.TEAM and member.team_id != session.team_id:
        return False
    left_before = member.left_at is not None and member.left_at < session.starts_at
    came_in_time = member.joined_at <= session.ends_at or session.ends_at < first_joined_at
    return member.user.is_active and came_in_time and not left_before


def turnout_of(session: LearningSession) -> Turnout:
    return turnouts([session])[session.pk]


@dataclass(frozen=True)
class YearRow:
    """One team's year: for each session how many were there of how many; None: not for them."""

    team: Team
    shares: list[Share | None]

    @property
    def total(self) -> Share:
        shares = [share for share in self.shares if share]
        return Share(sum(s.there for s in shares), sum(s.asked for s in shares))


@dataclass(frozen=True)
class AttendanceYear:
    """Past sessions whose attendance is known, and what came of them."""

    sessions: list[LearningSession]
    turnouts: list[Turnout]
    rows: list[YearRow]

    @property
    def columns(self) -> list[tuple[LearningSession, Turnout]]:
        return list(zip(self.sessions, self.turnouts, strict=True))

    @property
    def sectors(self) -> list[tuple[str, list[Share | None]]]:
        by_session = [dict(turnout.sectors) for turnout in self.turnouts]
        labels = [str(label) for label in Sector.labels]
        return [
            (label, [found.get(label) for found in by_session])
            for label in labels
            if any(label in found for found in by_session)
        ]


def attendance_year(member: Membership, now: datetime | None = None) -> AttendanceYear:
    """The year by team and session, in order. Four queries, however many rows."""
    past = (
        LearningSession.objects.visible_to(member)
        .standing()
        .past(now or timezone.now())
        .exclude(audience=Audience.FACILITATORS)
    )
    held = list(past.select_related("cohort").order_by("starts_at", "pk"))
    found = turnouts(held)
    known = [session for session in held if found[session.pk].is_known]
    shown = [found[session.pk] for session in known]
    teams = Team.objects.filter(cohort_id=member.cohort_id)
    rows = [YearRow(team, [turnout.teams.get(team) for turnout in shown]) for team in teams]
    return AttendanceYear(known, shown, rows)
