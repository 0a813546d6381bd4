"""Who was in the live room while the session was on, and what that says of who came."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from sessions.models import Attendance, LearningSession

# Whoever only looked in for less than this has not been there.
SHORTEST = timedelta(minutes=2)


@dataclass(frozen=True)
class Stay:
    """A while that one member was in a room."""

    member_pk: int
    since: datetime
    until: datetime


# One row per member and session. What two windows or processes tell of the same time counts once:
# never more is added than has passed since the row was last written. Observers leave no row.
_KEEP = """
    INSERT INTO learning_sessions_roomstay AS stay
        (session_id, member_id, came_at, last_at, seconds)
    SELECT %(session)s, member.id, told.since, told.until, told.seconds
    FROM unnest(%(members)s::bigint[], %(since)s::timestamptz[], %(until)s::timestamptz[],
                %(seconds)s::int[]) AS told(member, since, until, seconds)
    JOIN cohort_membership AS member ON member.id = told.member AND member.role <> 'observer'
    ON CONFLICT (session_id, member_id) DO UPDATE SET
        seconds = stay.seconds + GREATEST(0, LEAST(
            EXCLUDED.seconds, round(extract(epoch FROM EXCLUDED.last_at - stay.last_at))::int)),
        last_at = GREATEST(stay.last_at, EXCLUDED.last_at)
    RETURNING member_id, seconds
"""


def keep_stays(session_pk: int, stays: Iterable[Stay]) -> None:
    """Add to how long each was in the room while the session was on, and mark who has come by it.

    What was marked by the button, by a list or by hand stays.
    """
    session = LearningSession.objects.standing().filter(pk=session_pk).first()
    told = _within(session, stays) if session else []
    if session is None or not told:
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                _KEEP,
                {
                    "session": session_pk,
                    "members": [pk for pk, *_rest in told],
                    "since": [since for _pk, since, _until, _seconds in told],
                    "until": [until for _pk, _since, until, _seconds in told],
                    "seconds": [seconds for *_rest, seconds in told],
                },
            )
            total = dict(cursor.fetchall())
        _mark(session, total)


def _within(
    session: LearningSession, stays: Iterable[Stay]
) -> list[tuple[int, datetime, datetime, int]]:
    """Each member's time between start and end; in order, so that no two wait for each other."""
    parts: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for stay in stays:
        since, until = max(stay.since, session.starts_at), min(stay.until, session.ends_at)
        if since < until:
            parts[stay.member_pk].append((since, until))
    return [
        (
            pk,
            min(since for since, _until in spans),
            max(until for _since, until in spans),
            round(sum((until - since).total_seconds() for since, until in spans)),
        )
        for pk, spans in sorted(parts.items())
    ]


def _mark(session: LearningSession, seconds: dict[int, int]) -> None:
    """Half of it is having attended, less is partly."""
    half = session.minutes * 60 / 2
    came = [pk for pk, total in seconds.items() if total >= min(SHORTEST.total_seconds(), half)]
    stayed = [pk for pk in came if seconds[pk] >= half]
    mark = Attendance.Mark
    Attendance.objects.bulk_create(
        [
            Attendance(
                session=session,
                member_id=pk,
                mark=mark.ATTENDED if pk in stayed else mark.PARTLY,
                source=Attendance.Source.ROOM,
            )
            for pk in came
        ],
        ignore_conflicts=True,
    )
    by_room = Attendance.objects.filter(session=session, source=Attendance.Source.ROOM)
    by_room.filter(member__in=stayed, mark=mark.PARTLY).update(mark=mark.ATTENDED)
