"""Who came: noted when somebody joins, corrected by the facilitators, and undone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cohort.models import Membership
from sessions.models import Attendance, AttendanceChange, LearningSession

Source = Attendance.Source


@dataclass(frozen=True)
class Noted:
    """What is to be kept of one member."""

    mark: str
    minutes: int | None = None
    joined_at: datetime | None = None


def record_join(*, session: LearningSession, member: Membership) -> None:
    """Note that a member went to the meeting. What a facilitator has marked stays."""
    if not member.may_write or not session.doors_are_open:
        return
    now = timezone.now()
    came = {"mark": Attendance.Mark.ATTENDED, "source": Source.JOIN, "set_at": now}
    row = Attendance(session=session, member=member, joined_at=now, **came)
    Attendance.objects.bulk_create([row], ignore_conflicts=True)
    there = Attendance.objects.filter(session=session, member=member)
    # Having been in the room says less than going to the meeting.
    there.filter(source=Source.ROOM).update(**came)
    there.filter(joined_at=None).update(joined_at=now)


@transaction.atomic
def mark_attendance(
    *, session: LearningSession, members: Collection[Membership], mark: str, by: Membership
) -> AttendanceChange | None:
    """Give all of these members one mark by hand; an empty one means unknown.

    What was there is kept with the change, so that it can be undone. None where nothing changed.
    """
    return set_marks(
        session=session,
        marks={member.pk: Noted(mark) for member in members},
        source=Source.PERSON,
        by=by,
        mark=mark,
    )


def set_marks(
    *,
    session: LearningSession,
    marks: Mapping[int, Noted],
    source: Attendance.Source,
    by: Membership,
    mark: str = "",
) -> AttendanceChange | None:
    """Set what is noted of each membership, and keep what was there before."""
    LearningSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    there = {row.member_id: row for row in Attendance.objects.filter(session=session)}
    changed = {
        pk: noted for pk, noted in marks.items() if not _says_so(there.get(pk), noted, source)
    }
    if not changed:
        return None
    now = timezone.now()
    change = AttendanceChange.objects.create(
        session=session,
        by=by,
        at=now,
        mark=mark,
        source=source,
        before={str(pk): _as_it_is(there.get(pk)) for pk in changed},
    )
    _save([_row(session, pk, noted, there.get(pk), change) for pk, noted in changed.items()])
    _forget_old(session)
    return change


def _says_so(row: Attendance | None, noted: Noted, source: str) -> bool:
    if row is None:
        return not noted.mark
    same_minutes = noted.minutes is None or row.minutes == noted.minutes
    return row.mark == noted.mark and row.source == source and same_minutes


def _row(
    session: LearningSession,
    pk: int,
    noted: Noted,
    there: Attendance | None,
    change: AttendanceChange,
) -> Attendance:
    return Attendance(
        session=session,
        member_id=pk,
        mark=noted.mark,
        source=change.source,
        set_by=change.by,
        set_at=change.at,
        joined_at=(there.joined_at if there else None) or noted.joined_at,
        minutes=(there.minutes if there else None) if noted.minutes is None else noted.minutes,
    )


def _save(rows: list[Attendance]) -> None:
    Attendance.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["session", "member"],
        update_fields=["mark", "source", "set_by", "set_at", "joined_at", "minutes"],
    )


def _as_it_is(row: Attendance | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "mark": row.mark,
        "source": row.source,
        "set_by": row.set_by_id,
        "set_at": row.set_at.isoformat(),
        "joined_at": row.joined_at.isoformat() if row.joined_at else None,
        "minutes": row.minutes,
    }


def _forget_old(session: LearningSession) -> None:
    changes = AttendanceChange.objects.filter(session=session)
    kept = changes.values("pk")[: AttendanceChange.MOST_KEPT]
    changes.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()


@transaction.atomic
def undo_change(*, change: AttendanceChange) -> int:
    """Put back what was there before a change, where nobody has changed it since; say for how many.

    Asking twice is no harm.
    """
    LearningSession.objects.select_for_update(of=("self",)).get(pk=change.session_id)
    change = AttendanceChange.objects.get(pk=change.pk)
    if change.undone_at:
        return 0
    rows = Attendance.objects.filter(
        session=change.session_id, member__in=list(change.before), set_at=change.at
    )
    untouched = {str(row.member_id): row for row in rows}
    gone = [row.pk for pk, row in untouched.items() if change.before[pk] is None]
    Attendance.objects.filter(pk__in=gone).delete()
    _save([_restored(row, change.before[pk]) for pk, row in untouched.items() if change.before[pk]])
    change.undone_at = timezone.now()
    change.save(update_fields=["undone_at"])
    return len(untouched)


def _restored(row: Attendance, before: dict[str, Any]) -> Attendance:
    setter = Membership.objects.filter(pk=before["set_by"]).exists() if before["set_by"] else False
    return Attendance(
        session_id=row.session_id,
        member_id=row.member_id,
        mark=before["mark"],
        source=before["source"],
        set_by_id=before["set_by"] if setter else None,
        set_at=datetime.fromisoformat(before["set_at"]),
        joined_at=datetime.fromisoformat(before["joined_at"]) if before["joined_at"] else None,
        minutes=before["minutes"],
    )
