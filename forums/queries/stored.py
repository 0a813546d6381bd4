"""Posts as PostgreSQL keeps them, with everything that their rows show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from cohort.models import Membership
from forums.models import Thread


class Stored(NamedTuple):
    pk: int
    number: int
    path: str
    body: str
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    deleted_by_id: int | None
    hidden_at: datetime | None
    author_id: int | None
    author_name: str
    as_facilitator: bool
    references: list[str]
    parent_number: int | None
    parent_author_id: int | None
    parent_author_name: str | None
    parent_deleted_at: datetime | None
    parent_hidden_at: datetime | None
    reactions: list[dict[str, Any]]
    is_saved: bool
    has_poll: bool
    note: str | None  # what the facilitators said last to its author, who alone is told


# By hand, and only of posts that the reader may see: put together by the ORM it costs as much as
# all the markup of the page.
_COLUMNS = """
SELECT post.id, post.number, post.path, post.body, post.created_at, post.edited_at,
       post.deleted_at, post.deleted_by_id, post.hidden_at, post.author_id, post.author_name,
       post.as_facilitator, post."references",
       parent.number, parent.author_id, parent.author_name, parent.deleted_at, parent.hidden_at,
       ARRAY(SELECT json_build_object('kind', kind, 'count', count(*),
                                      'is_mine', bool_or(member_id = %(member)s))
             FROM forums_reaction WHERE post_id = post.id GROUP BY kind),
       EXISTS (SELECT FROM forums_bookmark WHERE post_id = post.id AND member_id = %(member)s),
       EXISTS (SELECT FROM forums_poll WHERE post_id = post.id),
       CASE WHEN post.author_id = %(member)s THEN (
           SELECT words FROM forums_flag
           WHERE post_id = post.id AND words <> ''
               AND (state = 'asked' OR (state = 'hidden' AND post.hidden_at IS NOT NULL))
           ORDER BY decided_at DESC LIMIT 1
       ) END
"""
_BY_KEY = f"""
{_COLUMNS}
FROM forums_post post LEFT JOIN forums_post parent ON parent.id = post.parent_id
WHERE post.id = ANY(%(posts)s)
ORDER BY post.path
"""
# A place that is not there (its post was moved, none was asked for) is the first new post, and the
# beginning where nothing is new.
_ROUND_A_PLACE = f"""
WITH place AS (
    SELECT coalesce(
        (SELECT path FROM forums_post WHERE thread_id = %(thread)s AND number = %(number)s),
        (SELECT path FROM forums_post
         WHERE thread_id = %(thread)s AND number > %(read)s ORDER BY path LIMIT 1),
        ''
    ) AS path
), chosen (part, id) AS (
    SELECT 'opening', id FROM forums_post WHERE thread_id = %(thread)s AND number = 1
    UNION ALL (
        SELECT 'back', id FROM forums_post
        WHERE thread_id = %(thread)s AND path < (SELECT path FROM place)
        ORDER BY path DESC LIMIT %(back)s
    )
    UNION ALL (
        SELECT 'on', id FROM forums_post
        WHERE thread_id = %(thread)s AND path >= (SELECT path FROM place)
        ORDER BY path LIMIT %(on)s
    )
)
{_COLUMNS}, chosen.part
FROM chosen JOIN forums_post post USING (id)
LEFT JOIN forums_post parent ON parent.id = post.parent_id
ORDER BY post.path
"""  # noqa: S608 (made of constants)


def stored_posts(pks: Sequence[int], member: Membership) -> list[Stored]:
    """These posts, which the member may see, in the tree's order."""
    if not pks:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_BY_KEY, {"member": member.pk, "posts": list(pks)})
        return [Stored(*values) for values in cursor.fetchall()]


@dataclass(frozen=True)
class Neighbours:
    """Posts round a place, in the tree's order; so many on either side as were asked for."""

    opening: list[Stored]  # the opening post, also where it is among the others
    back: list[Stored]  # before the place
    on: list[Stored]  # from the place on


def posts_round(
    thread: Thread, member: Membership, place: int, *, read: int = 0, back: int = 0, on: int = 0
) -> Neighbours:
    """Those of a thread whose replies the member may read, round a place.

    The place is a post's number; where there is none, the first post after number `read`. `back`
    and `on` say how many posts before the place and from it on, at most.
    """
    asked = {
        "thread": thread.pk, "member": member.pk, "number": place, "read": read, "back": back,
        "on": on,
    }  # fmt: skip
    parts: dict[str, list[Stored]] = {"opening": [], "back": [], "on": []}
    with connection.cursor() as cursor:
        cursor.execute(_ROUND_A_PLACE, asked)
        for *values, part in cursor.fetchall():
            parts[part].append(Stored(*values))
    return Neighbours(**parts)


def first_unseen(thread: Thread, read_number: int, seen: list[int]) -> int | None:
    """The lowest number beyond what was read, but for those that are seen."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(number) FROM forums_post "
            "WHERE thread_id = %s AND number > %s AND number <> ALL(%s)",
            [thread.pk, read_number, seen],
        )
        return cursor.fetchone()[0]
