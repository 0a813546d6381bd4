"""What the library knows of the rooms above it, and what stands for types of links and pages."""

from typing import Any

from django.db.models import QuerySet

from cohort.models import Membership
from resources.models import Resource

LINK = "link"
PAGE = "page"


def sessions_seen(member: Membership) -> QuerySet[Any]:
    """Sessions stand above the library, which knows them by the relation they keep to it."""
    model: Any = _relation().model
    return model.objects.visible_to(member)


def session_links() -> str:
    """SQL for which resource was used in which session: rows of key, `session`, its key.

    Its one parameter are the keys of resources.
    """
    relation = _relation()
    resource, session = relation.m2m_reverse_name(), relation.m2m_column_name()
    return (
        f"SELECT {resource}, 'session', {session} FROM {relation.m2m_db_table()} "  # noqa: S608
        f"WHERE {resource} = ANY(%s)"
    )


def _relation() -> Any:
    return Resource._meta.get_field("sessions").remote_field
