"""Who came: noted when somebody joins, corrected by the facilitators."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from cohort.models import Membership
from sessions.models import Attendance, LearningSession


def record_join(*, session: LearningSession, member: Membership) -> None:
    """Note that a member went to the meeting. What a facilitator has marked stays."""
    if not member.may_write or not session.doors_are_open:
        return
    Attendance.objects.bulk_create(
        [
            Attendance(
                session=session,
                member=member,
                mark=Attendance.Mark.ATTENDED,
                joined_at=timezone.now(),
            )
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def mark_attendance(*, session: LearningSession, marks: Mapping[Membership, str]) -> None:
    """Set the mark of each of these members; an empty mark means unknown."""
    unknown = [member for member, mark in marks.items() if not mark]
    Attendance.objects.filter(session=session, member__in=unknown).delete()
    Attendance.objects.bulk_create(
        [
            Attendance(session=session, member=member, mark=mark)
            for member, mark in marks.items()
            if mark
        ],
        update_conflicts=True,
        unique_fields=["session", "member"],
        update_fields=["mark"],
    )
