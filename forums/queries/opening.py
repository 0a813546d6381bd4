"""A thread as a reader opens it: what its page shows beside the posts."""
# ruff: noqa: S611 (constants, and parameters beside them)

from django.db.models.expressions import RawSQL

from cohort.models import Membership
from forums.models import ThreadQuerySet
from forums.queries.following import DEFAULT

# By hand: put together by the ORM these cost five times what PostgreSQL needs to answer them.
_READ = "SELECT number FROM forums_reading WHERE thread_id = forums_thread.id AND member_id = %s"
_ANSWER = "SELECT number FROM forums_post WHERE id = forums_thread.answer_id"
_LEVEL = """coalesce(
    (SELECT level FROM forums_follow WHERE thread_id = forums_thread.id AND member_id = %s),
    (SELECT level FROM forums_follow WHERE space_id = forums_thread.space_id AND member_id = %s),
    %s
)"""
_DRAFT = """
SELECT json_build_object('body', body, 'is_html', is_html, 'fields', fields,
                         'updated_at', updated_at)
FROM forums_draft WHERE member_id = %s AND place = 'thread:' || forums_thread.id
"""
_THEMES = """ARRAY(
    SELECT json_build_object('name', theme.name, 'slug', theme.slug, 'color', theme.color)
    FROM forums_threadtheme item JOIN cohort_theme theme ON theme.id = item.tag_id
    WHERE item.content_object_id = forums_thread.id
    ORDER BY theme.position, theme.id
)"""
_TAGS = """ARRAY(
    SELECT json_build_object('name', tag.name, 'slug', tag.slug)
    FROM forums_threadtag item JOIN cohort_tag tag ON tag.id = item.tag_id
    WHERE item.content_object_id = forums_thread.id
    ORDER BY tag.name
)"""


def opened_by(threads: ThreadQuerySet, member: Membership) -> ThreadQuerySet:
    """Each with its space, themes and tags, and with what is the reader's own.

    That is `read_number` (None if never opened), `follow_level`, and `draft`, the reply begun
    there; `answer_number` is that of the reply that helped.
    """
    shown = {
        "read_number": RawSQL(_READ, [member.pk]),
        "follow_level": RawSQL(_LEVEL, [member.pk, member.pk, str(DEFAULT)]),
        "draft": RawSQL(_DRAFT, [member.pk]),
        "answer_number": RawSQL(_ANSWER, []),
        "theme_list": RawSQL(_THEMES, []),
        "tag_list": RawSQL(_TAGS, []),
    }
    return threads.select_related("space").annotate(**shown)
