"""What was said to somebody that they have not read yet."""

from typing import Any

from django.db import connection

from cohort.models import Membership
from forums.models import Post
from forums.queries.following import Levels

# Only so much of the latest is looked at: it costs the same for those who are answered a lot.
LOOKED_AT = 200

# By hand: the ORM takes ten times as long to say it. Who may see what it finds is not asked here.
_SAID = """
WITH said AS (
    (SELECT post_id, member_id IS NOT NULL AS names_member, team_id IS NOT NULL AS names_team
     FROM forums_mention WHERE member_id = %(me)s OR team_id = %(team)s
     ORDER BY id DESC LIMIT %(most)s)
    UNION ALL
    (SELECT reply.id, false, false
     FROM forums_post mine JOIN forums_post reply ON reply.parent_id = mine.id
     WHERE mine.author_id = %(me)s AND reply.author_id IS DISTINCT FROM %(me)s
     ORDER BY reply.id DESC LIMIT %(most)s)
)
SELECT said.post_id,
    CASE WHEN bool_or(names_member) THEN 'person' WHEN bool_or(names_team) THEN 'team' ELSE '' END
FROM said JOIN forums_post post ON post.id = said.post_id
WHERE post.deleted_at IS NULL AND post.author_id IS DISTINCT FROM %(me)s
    AND NOT EXISTS (
        SELECT FROM forums_reading reading
        WHERE reading.member_id = %(me)s AND reading.thread_id = post.thread_id
            AND reading.number >= post.number
    )
GROUP BY said.post_id
"""


def waiting_posts(member: Membership, levels: Levels, limit: int = 10) -> list[Any]:
    """Others' standing posts that name the member or their team, or answer them, not read yet.

    The newest first, with `thread` and `author.user` loaded; each with `names_me`: "person",
    "team", or nothing for a reply. Nothing quiet. One query where nothing waits, or two.
    """
    said = _said_to(member)
    if not said:
        return []
    posts = (
        Post.objects.visible_to(member)
        .standing()
        .filter(levels.loud("thread__"), pk__in=said)
        .select_related("thread__cohort", "author__user")
        .defer("thread__search", "body")
        .order_by("-created_at", "-pk")
    )
    waiting: list[Any] = list(posts[:limit])
    for post in waiting:
        post.names_me = said[post.pk]
    return waiting


def _said_to(member: Membership) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(_SAID, {"me": member.pk, "team": member.team_id, "most": LOOKED_AT})
        return dict(cursor.fetchall())
