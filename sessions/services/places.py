"""The two counters of a room, raised under its row's lock: places of lines, and changes."""

from dataclasses import dataclass

from django.db import connection

_LINE = (
    "INSERT INTO learning_sessions_room (session_id, last_seq, last_rev, slow_seconds)"
    " VALUES (%s, 1, 0, 0) ON CONFLICT (session_id)"
    " DO UPDATE SET last_seq = learning_sessions_room.last_seq + 1"
    " RETURNING last_seq, slow_seconds"
)
_CHANGE = (
    "INSERT INTO learning_sessions_room (session_id, last_seq, last_rev, slow_seconds)"
    " VALUES (%s, 0, 1, 0) ON CONFLICT (session_id)"
    " DO UPDATE SET last_rev = learning_sessions_room.last_rev + 1"
    " RETURNING last_rev"
)


@dataclass(frozen=True)
class Place:
    seq: int
    slow_seconds: int


def next_place(session_pk: int) -> Place:
    """The room's row stays locked until the line is committed, so lines commit in their order."""
    with connection.cursor() as cursor:
        cursor.execute(_LINE, [session_pk])
        return Place(*cursor.fetchone())


def next_rev(session_pk: int) -> int:
    """Likewise for changes; everything that changes in a room is read and written behind it."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGE, [session_pk])
        return int(cursor.fetchone()[0])
