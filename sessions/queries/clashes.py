"""What speaks against a time: other sessions, holidays, school breaks, nights somewhere."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohort.models import Audience, Cohort, Membership, Team
from cohort.models.year import MembershipQuerySet
from sessions import holidays
from sessions.models import LearningSession
from sessions.queries.rsvps import members_for
from sessions.queries.zones import falls, people_by_zone


@dataclass(frozen=True)
class Span:
    """A time somebody thinks of, for whom, and which session it would be (none: a new one)."""

    cohort: Cohort
    zone: str
    starts_at: datetime
    ends_at: datetime
    audience: str = Audience.COHORT
    team: Team | None = None
    session_pk: int | None = None
    # A form sent twice does not clash with what it planned the first time.
    form_key: uuid.UUID | None = None

    @property
    def day(self) -> date:
        return self.starts_at.astimezone(ZoneInfo(self.zone)).date()


def clashes(span: Span) -> list[str]:
    """Each in a sentence, the most telling first; four queries."""
    return clashes_of([span])[0]


def clashes_of(spans: Sequence[Span]) -> list[list[str]]:
    """The same for several times of one cohort, which cost no more if they are for the same."""
    if not spans:
        return []
    around = _Around(spans)
    return [
        [
            *_past(span),
            *around.other_sessions(span),
            *around.elsewhere(span),
            *around.days_off(span),
            *around.nights(span),
        ]
        for span in spans
    ]


def _past(span: Span) -> list[str]:
    if span.starts_at < timezone.now():
        return [_("This time is in the past.")]
    if not span.cohort.starts_on <= span.day <= span.cohort.ends_on:
        names = {
            "start": formats.date_format(span.cohort.starts_on, "N j, Y"),
            "end": formats.date_format(span.cohort.ends_on, "N j, Y"),
        }
        return [_("It lies outside the cohort’s year (%(start)s to %(end)s).") % names]
    return []


class _Around:
    """What there is in a cohort around some times, and who would come."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self.cohort = spans[0].cohort
        self.begin = min(span.starts_at for span in spans)
        self.end = max(span.ends_at for span in spans)
        self.teams = list(self.cohort.teams.all())
        self.sessions = list(
            LearningSession.objects.exclude(status=LearningSession.Status.CANCELLED)
            .filter(cohort=self.cohort, starts_at__lt=self.end, ends_at__gt=self.begin)
            .select_related("team")
            .order_by("starts_at", "pk")
        )
        circles = {_circle(span) for span in spans}
        members = {circle: members_for(self.cohort.pk, *circle) for circle in circles}
        self.zones = {circle: people_by_zone(of) for circle, of in members.items()}
        self.busy = {circle: self._busy_elsewhere(of) for circle, of in members.items()}

    def _busy_elsewhere(self, members: MembershipQuerySet) -> list[tuple[int, datetime, datetime]]:
        """Who of them has sessions in other cohorts, and when."""
        others = (
            Membership.objects.active()
            .filter(user__in=members.values("user"), cohort__archived_at=None)
            .exclude(cohort=self.cohort)
            .filter(
                Q(cohort__learningsessions__audience=Audience.COHORT)
                | Q(cohort__learningsessions__team=F("team")),
                cohort__learningsessions__status=LearningSession.Status.SCHEDULED,
                cohort__learningsessions__starts_at__lt=self.end,
                cohort__learningsessions__ends_at__gt=self.begin,
            )
        )
        times = (f"cohort__learningsessions__{name}" for name in ("starts_at", "ends_at"))
        return list(others.values_list("user", *times))

    def other_sessions(self, span: Span) -> list[str]:
        there = [session for session in self.sessions if _clashes_with(session, span)]
        return [
            _("“%(title)s” is at the same time, for %(whom)s.")
            % {"title": session.title, "whom": _whom(session)}
            for session in there[:5]
        ]

    def elsewhere(self, span: Span) -> list[str]:
        """How many have a session in another cohort: which, is not said here."""
        busy = self.busy[_circle(span)]
        count = len(
            {who for who, begin, end in busy if begin < span.ends_at and end > span.starts_at}
        )
        if not count:
            return []
        words = ngettext(
            "%(n)d person has a session of another cohort then.",
            "%(n)d people have a session of another cohort then.",
            count,
        )
        return [words % {"n": count}]

    def days_off(self, span: Span) -> list[str]:
        """Why many of those it is for are away that day: one line, the most telling."""
        if name := holidays.federal_holiday(span.day):
            return [_("%(name)s: a federal holiday.") % {"name": name}]
        if holidays.is_weekend(span.day):
            return [_("It falls on a %(day)s.") % {"day": formats.date_format(span.day, "l")}]
        # Hosts plan among themselves also while schools are closed.
        if span.audience == Audience.FACILITATORS:
            return []
        if words := _state_holidays([span.team] if span.team else self.teams, span.day):
            return [words]
        if name := holidays.school_break(span.day):
            return [_("Many schools are away: %(name)s.") % {"name": name}]
        return []

    def nights(self, span: Span) -> list[str]:
        """For whom of those it is for, in one line."""
        places = [
            _("%(who)s (%(time)s)")
            % {"who": ", ".join(at.teams) or _people(at.people), "time": at.words}
            for at in falls(self.zones[_circle(span)], span.starts_at, span.ends_at)
            if at.is_night
        ]
        return [_("It is night for %(places)s.") % {"places": "; ".join(places)}] if places else []


def _circle(span: Span) -> tuple[str, int | None]:
    """Whom it is for."""
    return span.audience, span.team.pk if span.team else None


def _clashes_with(session: LearningSession, span: Span) -> bool:
    """Whether it is another one, at the time, for some of the same people; hosts are in all."""
    if session.pk == span.session_pk or session.starts_at >= span.ends_at:
        return False
    if session.ends_at <= span.starts_at:
        return False
    if span.form_key and span.form_key in (session.form_key, session.series):
        return False
    is_for_all = span.audience != Audience.TEAM or session.audience != Audience.TEAM
    return is_for_all or session.team_id == (span.team.pk if span.team else None)


def _whom(session: LearningSession) -> str:
    if session.audience == Audience.TEAM and session.team:
        return session.team.name
    return str(Audience(session.audience).label).lower()


def _state_holidays(teams: Iterable[Team], day: date) -> str:
    """Those of the states that the teams are in, each with the teams."""
    by_state: dict[str, list[str]] = {}
    for team in teams:
        by_state.setdefault(team.state, []).append(team.name)
    by_name: dict[str, list[str]] = {}
    for state, name in holidays.state_holidays(day, by_state).items():
        by_name.setdefault(name, []).append(f"{state} ({', '.join(by_state[state])})")
    words = [
        _("%(name)s: schools are closed in %(states)s.")
        % {"name": name, "states": ", ".join(where)}
        for name, where in by_name.items()
    ]
    return " ".join(words)


def _people(number: int) -> str:
    return ngettext("%(n)d person", "%(n)d people", number) % {"n": number}
