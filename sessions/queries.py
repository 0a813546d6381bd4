"""What pages, home, the console and search ask about sessions. All of it only what one may see."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.postgres.search import SearchRank
from django.db.models import Count, F, Q, TextField, Value
from django.db.models.functions import Concat, Left
from django.utils import formats, timezone

from cohort.models import Audience, Cohort, Membership, Role, Team, Theme
from cohort.models.year import MembershipQuerySet
from cohort.search import Narrowing, passage, search_query, whole
from sessions.models import (
    RSVP,
    Attendance,
    ChatMessage,
    LearningSession,
    LearningSessionQuerySet,
    Room,
    SessionTheme,
)

TRANSCRIPT_PAGE = 200


def sessions_of(member: Membership) -> LearningSessionQuerySet:
    """Every session a member may see, with their answer and what its line in a list shows."""
    return (
        LearningSession.objects.visible_to(member)
        .with_answer_of(member)
        .select_related("cohort", "team")
        .prefetch_related("themes")  # type: ignore[misc]
    )


def upcoming(member: Membership) -> LearningSessionQuerySet:
    """Not over yet, the next one first, called-off ones among them."""
    return sessions_of(member).ahead(timezone.now())


def past(member: Membership) -> LearningSessionQuerySet:
    return sessions_of(member).past(timezone.now())


def narrowed(
    sessions: LearningSessionQuerySet, kind: str = "", theme: Theme | None = None
) -> LearningSessionQuerySet:
    if kind:
        sessions = sessions.filter(kind=kind)
    return sessions.filter(pk__in=_with_theme(theme).values("pk")) if theme else sessions


def next_session(member: Membership) -> LearningSession | None:
    """What the member's home leads to: on now, or the next that takes place."""
    return sessions_of(member).standing().ahead(timezone.now()).first()


def year(member: Membership) -> list[LearningSession]:
    """The whole year in order."""
    return list(sessions_of(member).order_by("starts_at", "pk"))


def theme_sessions(member: Membership, theme: Theme) -> LearningSessionQuerySet:
    """Sessions of a theme and, for a first-level one, of its lessons; the latest first."""
    return (
        sessions_of(member)
        .filter(pk__in=_with_theme(theme).values("pk"))
        .order_by("-starts_at", "-pk")
    )


def _with_theme(theme: Theme) -> LearningSessionQuerySet:
    return LearningSession.objects.filter(Q(themes=theme) | Q(themes__parent=theme))


def search_sessions(
    member: Membership, query: str, narrow: Narrowing | None = None
) -> LearningSessionQuerySet:
    """Sessions whose title, description, goals or summary hold the words, best first.

    Each with a `headline` and its `title_found`, text for `cohort.search.marked`. Without words
    the latest of what it is narrowed to, and without that none.
    """
    narrow = narrow or Narrowing()
    sessions = LearningSession.objects.visible_to(member)
    if narrow.themes:
        items = SessionTheme.objects.filter(tag__in=narrow.themes)
        sessions = sessions.filter(pk__in=items.values("content_object"))
    if narrow.team:
        sessions = sessions.filter(team=narrow.team)
    if narrow.since:
        sessions = sessions.filter(starts_at__gte=narrow.since)
    if narrow.until:
        sessions = sessions.filter(starts_at__lt=narrow.until)
    words = search_query(query)
    if words is None:
        shown = sessions.annotate(headline=Left("description_text", 180), title_found=F("title"))
        shown = shown.order_by("-starts_at", "-pk")
        return shown.none() if narrow == Narrowing(at=narrow.at) else shown
    space = Value(" ", TextField())
    text = Concat("description_text", space, "goals", space, "summary_text")
    return (
        sessions.filter(search=words)
        .annotate(
            rank=SearchRank(F("search"), words),
            headline=passage(text, words),
            title_found=whole("title", words),
        )
        .order_by("-rank", "-starts_at", "-pk")
    )


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
    def is_early(self) -> bool:
        return self.start.hour < 8

    @property
    def is_late(self) -> bool:
        return self.end.hour >= 18 or self.end.date() != self.start.date()


def times_by_zone(cohort: Cohort, starts_at: datetime, ends_at: datetime) -> list[ZoneTime]:
    """How a time falls in each zone that the cohort's people live in, from east to west."""
    rows = (
        Membership.objects.active()
        .filter(cohort=cohort)
        .order_by()
        .values_list("user__time_zone", "team__name")
        .annotate(people=Count("pk"))
    )
    teams: dict[str, set[str]] = defaultdict(set)
    people: dict[str, int] = defaultdict(int)
    for zone, team, number in rows:
        people[zone] += number
        if team:
            teams[zone].add(team)
    times = [
        ZoneTime(
            zone,
            starts_at.astimezone(ZoneInfo(zone)),
            ends_at.astimezone(ZoneInfo(zone)),
            sorted(teams[zone]),
            number,
        )
        for zone, number in people.items()
    ]
    return sorted(
        times, key=lambda time: (time.start.replace(tzinfo=None), time.zone), reverse=True
    )


def room_of(session: LearningSession) -> Room:
    """The session's room; one that has not been opened yet is empty."""
    return Room.objects.filter(pk=session.pk).first() or Room(session=session)


def chat_page(
    member: Membership, session: LearningSession, before: int | None = None
) -> list[ChatMessage]:
    """The last lines of a room, or those before a place, in order."""
    lines = ChatMessage.objects.visible_to(member).filter(room_id=session.pk)
    if before is not None:
        lines = lines.filter(seq__lt=before)
    page = lines.select_related("sender__user", "sender__team").order_by("-seq")[:TRANSCRIPT_PAGE]
    return list(page)[::-1]


@dataclass(frozen=True)
class AttendanceLine:
    member: Membership
    mark: str
    joined_at: datetime | None
    answer: str


def attendance_sheet(session: LearningSession) -> list[AttendanceLine]:
    """Everybody it was for, and who came though it was not, by team and name."""
    noted = {row.member_id: row for row in Attendance.objects.filter(session=session)}
    said = dict(RSVP.objects.filter(session=session).values_list("member_id", "answer"))
    members = (
        Membership.objects.filter(
            Q(pk__in=invited(session).values("pk")) | Q(pk__in=list(noted)),
            cohort_id=session.cohort_id,
        )
        .select_related("user", "team", "organization", "cohort")
        .order_by(F("team__name").asc(nulls_last=True), "user__name", "pk")
    )
    return [
        AttendanceLine(
            member,
            noted[member.pk].mark if member.pk in noted else "",
            noted[member.pk].joined_at if member.pk in noted else None,
            said.get(member.pk, ""),
        )
        for member in members
    ]


def attendance_of_teams(lines: Iterable[AttendanceLine]) -> tuple[int, int]:
    """How many teams were there, of how many that were asked."""
    came = {
        line.member.team_id
        for line in lines
        if line.mark in (Attendance.Mark.ATTENDED, Attendance.Mark.PARTLY)
    }
    all_teams = {line.member.team_id for line in lines}
    return len(came - {None}), len(all_teams - {None})
