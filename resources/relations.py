"""What the library knows of the rooms above it, and what stands for types of links and pages."""

from typing import Any

from django.db.models import QuerySet

from cohort.models import Membership
from resources.models import Resource

LINK = "link"
PAGE = "page"


def sessions_seen(member: Membership) -> QuerySet[Any]:
    """Sessions stand above the library, which knows them by the relation they keep to it."""
    model: Any = Resource._meta.get_field("sessions").related_model
    return model.objects.visible_to(member)
