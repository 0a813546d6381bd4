"""What speaks against a time: other sessions, holidays, school breaks, nights somewhere."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohort.models import Audience, Cohort, Membership, Team
from sessions import holidays
from sessions.models import LearningSession
from sessions.queries.rsvps import members_for
from sessions.queries.zones import ZoneTime, times_by_zone


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


def clashes(span: Span) -> list[str]:
    """Each in a sentence, the most telling first; five queries at most."""
    day = span.starts_at.astimezone(ZoneInfo(span.zone)).date()
    return [
        *_past(span, day),
        *_other_sessions(span),
        *_days_off(span, day),
        *_nights(times_by_zone(span.cohort, span.starts_at, span.ends_at), span),
    ]


def _past(span: Span, day: date) -> list[str]:
    if span.starts_at < timezone.now():
        return [_("This time is in the past.")]
    if not span.cohort.starts_on <= day <= span.cohort.ends_on:
        names = {
            "start": formats.date_format(span.cohort.starts_on, "N j, Y"),
            "end": formats.date_format(span.cohort.ends_on, "N j, Y"),
        }
        return [_("It lies outside the cohort’s year (%(start)s to %(end)s).") % names]
    return []


def _other_sessions(span: Span) -> list[str]:
    near = LearningSession.objects.exclude(status=LearningSession.Status.CANCELLED).filter(
        starts_at__lt=span.ends_at, ends_at__gt=span.starts_at
    )
    here = near.filter(cohort=span.cohort).exclude(pk=span.session_pk or 0).select_related("team")
    if span.form_key:
        here = here.exclude(form_key=span.form_key).exclude(series=span.form_key)
    words = [
        _("“%(title)s” is at the same time, for %(whom)s.")
        % {"title": session.title, "whom": _whom(session)}
        for session in here.filter(_meets(span)).order_by("starts_at", "pk")[:5]
    ]
    return [*words, *_elsewhere(span)]


def _meets(span: Span) -> Q:
    """Sessions that are for some of the same people; hosts are in all of them."""
    if span.audience != Audience.TEAM:
        return Q()
    return ~Q(audience=Audience.TEAM) | Q(team=span.team)


def _whom(session: LearningSession) -> str:
    if session.audience == Audience.TEAM and session.team:
        return session.team.name
    return str(Audience(session.audience).label).lower()


def _elsewhere(span: Span) -> list[str]:
    """How many have a session in another cohort: which, is not said here."""
    users = members_for(span.cohort.pk, span.audience, span.team.pk if span.team else None)
    others = (
        Membership.objects.active()
        .filter(user__in=users.values("user"), cohort__archived_at=None)
        .exclude(cohort=span.cohort)
        .filter(
            Q(cohort__learningsessions__audience=Audience.COHORT)
            | Q(cohort__learningsessions__team=F("team")),
            cohort__learningsessions__status=LearningSession.Status.SCHEDULED,
            cohort__learningsessions__starts_at__lt=span.ends_at,
            cohort__learningsessions__ends_at__gt=span.starts_at,
        )
    )
    count = others.values("user").distinct().count()
    if not count:
        return []
    return [
        ngettext(
            "%(n)d person has a session of another cohort then.",
            "%(n)d people have a session of another cohort then.",
            count,
        )
        % {"n": count}
    ]


def _days_off(span: Span, day: date) -> list[str]:
    words = []
    if name := holidays.federal_holiday(day):
        words.append(_("%(name)s: a federal holiday.") % {"name": name})
    teams = span.cohort.teams.exclude(state="").values_list("state", "name").order_by("name")
    by_state: dict[str, list[str]] = {}
    for state, team in teams:
        by_state.setdefault(state, []).append(team)
    for state, name in holidays.state_holidays(day, by_state).items():
        names = {"name": name, "state": state, "teams": ", ".join(by_state[state])}
        words.append(_("%(name)s: a holiday in %(state)s (%(teams)s).") % names)
    if name := holidays.school_break(day):
        words.append(_("Most schools are away: %(name)s.") % {"name": name})
    if holidays.is_weekend(day):
        words.append(_("It falls on a %(day)s.") % {"day": formats.date_format(day, "l")})
    return words


def _nights(times: Sequence[ZoneTime], span: Span) -> list[str]:
    return [
        _("It is night for %(who)s: %(time)s.")
        % {"who": ", ".join(at.teams) or _people(at.people), "time": at.words}
        for at in times
        if at.is_night and (span.team is None or span.team.name in at.teams)
    ]


def _people(number: int) -> str:
    return ngettext("%(n)d person", "%(n)d people", number) % {"n": number}
