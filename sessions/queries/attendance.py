"""Who came, by person and team."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from cohort.models import Membership
from sessions.models import RSVP, Attendance, LearningSession
from sessions.queries.rsvps import invited


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
