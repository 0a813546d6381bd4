"""A whole year's plan as the beginning of another's: what would be planned, and when."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from cohort.models import Audience, Membership, Role, Team
from cohort.zones import AmbiguousTime, NoSuchTime, to_utc
from sessions.models import LearningSession
from sessions.queries.clashes import Span, clashes_of

# In one go; what is left comes in the next.
MOST = 60


def copy_sources(member: Membership) -> list[Membership]:
    """The person's memberships in other cohorts that they facilitate, archived ones too."""
    others = Membership.objects.active().filter(user=member.user_id, role=Role.FACILITATOR)
    return list(
        others.exclude(cohort=member.cohort_id)
        .select_related("cohort")
        .order_by("-cohort__starts_on", "cohort__name")
    )


@dataclass
class CopyLine:
    """One session of the old year and what it would be in the new one.

    Without a `span` there is no such time that day, and `problem` says so.
    """

    session: LearningSession
    day: date
    audience: str
    team: Team | None
    key: uuid.UUID
    span: Span | None = None
    problem: str = ""
    warnings: Collection[str] = ()
    is_outside: bool = False

    @property
    def starts_at(self) -> datetime | None:
        return self.span.starts_at if self.span else None

    @property
    def was_for_a_team(self) -> bool:
        """Of a team that is not here: for facilitators, until they say otherwise."""
        return self.session.audience == Audience.TEAM and self.team is None

    @property
    def is_suggested(self) -> bool:
        return self.span is not None and not self.is_outside and not self.session.is_cancelled


class YearPlan:
    """What of a year may be copied to another cohort's: each session once, whoever asks again."""

    def __init__(self, member: Membership, source: Membership) -> None:
        self.member, self.source = member, source
        days = (member.cohort.starts_on - source.cohort.starts_on).days
        self.weeks = round(days / 7)

    @cached_property
    def lines(self) -> list[CopyLine]:
        """In order, without those that were copied already: five queries, however many.

        Two more for each team that some of them are for.
        """
        cohort = self.member.cohort
        prefetch_related_objects([cohort], "teams")
        there = LearningSession.objects.filter(cohort=cohort)
        both = LearningSession.objects.visible_to(self.source) | there
        sessions = list(both.select_related("team", "cohort").order_by("starts_at", "pk"))
        kept = {session.form_key for session in sessions if session.cohort_id == cohort.pk}
        teams = {team.name.casefold(): team for team in cohort.teams.all()}
        lines = [
            self._line(session, teams)
            for session in sessions
            if session.cohort_id != cohort.pk and self._key(session) not in kept
        ][:MOST]
        spans = [line.span for line in lines if line.span]
        warnings = iter(clashes_of(spans))
        for line in lines:
            line.warnings = next(warnings) if line.span else ()
        return lines

    def _key(self, session: LearningSession) -> uuid.UUID:
        """The same for the same session and year, so that twice is once."""
        return uuid.uuid5(session.public_id, f"cohort-{self.member.cohort_id}")

    def _line(self, session: LearningSession, teams: dict[str, Team]) -> CopyLine:
        cohort = self.member.cohort
        team = teams.get(session.team.name.casefold()) if session.team else None
        audience = session.audience
        if audience == Audience.TEAM and team is None:
            audience = Audience.FACILITATORS
        day = session.local_date + timedelta(weeks=self.weeks)
        line = CopyLine(session, day, audience, team, self._key(session))
        line.is_outside = not cohort.starts_on <= day <= cohort.ends_on
        try:
            line.span = self._span(line)
        except NoSuchTime:
            line.problem = _("The clocks go forward that day and skip this hour.")
        except AmbiguousTime:
            line.problem = _("The clocks go back that day and show this hour twice.")
        return line

    def _span(self, line: CopyLine) -> Span:
        session = line.session
        starts_at = to_utc(line.day, session.local_time, session.time_zone)
        return Span(
            cohort=self.member.cohort,
            zone=session.time_zone,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=session.minutes),
            audience=line.audience,
            team=line.team,
        )

    def chosen(self, pks: Collection[str]) -> list[CopyLine]:
        """Those that were ticked and can be planned."""
        return [line for line in self.lines if str(line.session.pk) in pks and line.starts_at]
