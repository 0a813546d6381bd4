"""Who came, person by person, for those who put it right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

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
    set_by: str = ""  # whose name stands for it, where a person set it
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
    """Everybody it was for, and who came though it was not, by team and name. One query."""
    here: dict[str, Any] = {"session": session, "member": OuterRef("pk")}
    mark = JSONObject(
        mark="mark", source="source", set_at="set_at", joined_at="joined_at", minutes="minutes"
    )
    answer = JSONObject(
        answer="answer", waitlisted_at="waitlisted_at", note="note", answered_at="answered_at"
    )
    noted = Attendance.objects.filter(**here)
    people = known_of(session).annotate(
        noted=Subquery(noted.values(row=mark)),
        set_by=Subquery(noted.values("set_by__user__name")),
        said=Subquery(RSVP.objects.filter(**here).values(row=answer)),
        seconds=Subquery(RoomStay.objects.filter(**here).values("seconds")),
    )
    return [_line(member) for member in people]


def _line(member: Any) -> AttendanceLine:
    return AttendanceLine(
        member,
        Attendance(**_with_instants(member.noted)) if member.noted else None,
        member.set_by or "",
        RSVP(**_with_instants(member.said)) if member.said else None,
        round((member.seconds or 0) / 60),
    )


def _with_instants(row: dict[str, Any]) -> dict[str, Any]:
    """Instants come as text out of JSON."""
    at = {
        name: datetime.fromisoformat(row[name])
        for name in row
        if name.endswith("_at") and row[name]
    }
    return {**row, **at}


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
