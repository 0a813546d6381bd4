"""What would come of a plan if it were saved: shown beside the form, and before it is saved."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cohort.access import MemberRequest
from sessions import queries
from sessions.models import LearningSession
from sessions.plan_forms import SessionForm
from sessions.queries import Echo, ZoneTime
from sessions.series import Occurrence


@dataclass(frozen=True)
class Day:
    """One day of a series and what speaks against it."""

    occurrence: Occurrence
    warnings: list[str]

    @property
    def shift_words(self) -> str:
        """How the clocks differ from those of the first day."""
        minutes = self.occurrence.shift
        if not minutes:
            return ""
        hours = f"{abs(minutes) / 60:g}"
        if minutes > 0:
            return _("clocks %(hours)s h later, same wall time") % {"hours": f"+{hours}"}
        return _("clocks %(hours)s h, same wall time") % {"hours": f"−{hours}"}


@dataclass(frozen=True)
class Outlook:
    zones: list[ZoneTime] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    # Where a published session moves: its time before, and who hears of it.
    moved_from: datetime | None = None
    echo: Echo | None = None
    # How many see a new one when it is published.
    invited: int | None = None

    @property
    def fingerprint(self) -> str:
        """Of everything one should know before saving; empty when there is nothing."""
        words = [*self.warnings, *(word for day in self.days for word in day.warnings)]
        words += [f"{day.occurrence.day}" for day in self.days]
        if self.moved_from:
            words.append(f"{self.moved_from} {self.zones[:1]}")
        return hashlib.sha256("\n".join(words).encode()).hexdigest()[:32] if words else ""

    def is_heeded(self, data: Any) -> bool:
        """Whether this is what stood beside the form when it was sent."""
        return not self.fingerprint or data.get("heeded") == self.fingerprint


def look_ahead(
    request: MemberRequest, form: SessionForm, session: LearningSession | None
) -> Outlook:
    """Nothing yet while the form has no time."""
    if not form.is_bound:
        times = (session.starts_at, session.ends_at) if session else None
        zones = queries.times_by_zone(request.cohort, *times) if times else []
        return Outlook(zones=zones)
    form.is_valid()
    days = _days(form, session) if form.pattern else []
    if form.instants is None:
        return Outlook(days=days)
    is_move = session is not None and form.instants != (session.starts_at, session.ends_at)
    is_told = is_move and session is not None and session.status == session.Status.SCHEDULED
    is_new = session is None or is_move
    return Outlook(
        zones=queries.times_by_zone(request.cohort, *form.instants),
        warnings=queries.clashes(_span(form, *form.instants, session))
        if is_new and not days
        else [],
        days=days,
        moved_from=session.starts_at if session and is_told else None,
        echo=queries.echo_of(session) if session and is_told else None,
        invited=_invited(form) if session is None else None,
    )


def _days(form: SessionForm, session: LearningSession | None) -> list[Day]:
    """Each day of a series; what speaks against those that are left out does not matter."""
    spans = {
        each.day: _span(form, each.starts_at, each.ends_at, session)
        for each in form.day_list
        if each.starts_at and each.ends_at and not each.is_left_out
    }
    warnings = dict(zip(spans, queries.clashes_of(list(spans.values())), strict=True))
    return [Day(each, warnings.get(each.day, [])) for each in form.day_list]


def _span(
    form: SessionForm, starts_at: datetime, ends_at: datetime, session: LearningSession | None
) -> queries.Span:
    data = form.cleaned_data
    return queries.Span(
        cohort=form.member.cohort,
        zone=data["time_zone"],
        starts_at=starts_at,
        ends_at=ends_at,
        audience=data.get("audience") or "cohort",
        team=data.get("team"),
        session_pk=session.pk if session else None,
        form_key=data.get("form_key"),
    )


def _invited(form: SessionForm) -> int:
    data = form.cleaned_data
    team = data.get("team")
    audience = data.get("audience") or "cohort"
    return queries.members_for(form.member.cohort_id, audience, team.pk if team else None).count()
