"""Who came, person by person, for those who put it right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, Subquery

from cohort.models import Membership
from cohort.models.year import MembershipQuerySet
from sessions.models import RSVP, Attendance, AttendanceChange, LearningSession, RoomStay
from sessions.queries.rsvps import invited

UNKNOWN, YES_UNKNOWN = "unknown", "yes-unknown"


@dataclass(frozen=True)
class AttendanceLine:
    """What is known of one member and one session."""

    member: Membership
    row: Attendance | None = None
    rsvp: RSVP | None = None
    room_minutes: int = 0

    @property
    def mark(self) -> str:
        return self.row.mark if self.row else ""

    @property
    def joined_at(self) -> datetime | None:
        return self.row.joined_at if self.row else None

    @property
    def answer(self) -> str:
        return self.rsvp.answer if self.rsvp else ""

    @property
    def was_there(self) -> bool:
        return self.mark in Attendance.THERE

    def is_like(self, show: str) -> bool:
        """Whether it belongs to what is shown: a mark, those without one, or everybody."""
        if show == UNKNOWN:
            return not self.mark
        if show == YES_UNKNOWN:
            return not self.mark and self.answer == RSVP.Answer.YES
        return not show or self.mark == show


def attendance_sheet(session: LearningSession) -> list[AttendanceLine]:
    """Everybody it was for, and who came though it was not, by team and name. Four queries."""
    noted = {
        row.member_id: row
        for row in Attendance.objects.filter(session=session).select_related("set_by__user")
    }
    said = {rsvp.member_id: rsvp for rsvp in RSVP.objects.filter(session=session)}
    stays = dict(RoomStay.objects.filter(session=session).values_list("member_id", "seconds"))
    return [
        AttendanceLine(
            member,
            noted.get(member.pk),
            said.get(member.pk),
            round(stays.get(member.pk, 0) / 60),
        )
        for member in known_of(session)
    ]


def known_of(session: LearningSession) -> MembershipQuerySet:
    """Whom it was for, and who was noted though it was not, with people; those who left too."""
    noted = Attendance.objects.filter(session=session).values("member")
    return (
        Membership.objects.filter(
            Q(pk__in=invited(session).values("pk")) | Q(pk__in=Subquery(noted)),
            cohort_id=session.cohort_id,
        )
        .select_related("user", "team", "organization", "cohort")
        .order_by(F("team__name").asc(nulls_last=True), "user__name", "pk")
    )


def narrowed_sheet(
    lines: Sequence[AttendanceLine], *, team: int | None = None, show: str = ""
) -> list[AttendanceLine]:
    """Of one team (0: those without one), and of those that are like what is asked for."""
    return [
        line
        for line in lines
        if (team is None or (line.member.team_id or 0) == team) and line.is_like(show)
    ]


def latest_change(session: LearningSession) -> AttendanceChange | None:
    """What could be undone: the latest change that was not undone already."""
    changes = AttendanceChange.objects.filter(session=session, undone_at=None)
    return changes.select_related("by__user").first()
