from typing import Any

from django import template

from cohort.models import Membership
from notifications import seeing

register = template.Library()


@register.simple_tag(takes_context=True)
def bell_unread(context: template.Context, member: Membership) -> int:
    """How many lines wait in a member's bell."""
    return seeing.unread_on(context["request"], member)


@register.filter
def bell_number(unread: int) -> Any:
    """The number as it stands at the bell, where there is little room."""
    return "99+" if unread > 99 else unread
