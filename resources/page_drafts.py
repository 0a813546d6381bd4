"""Pages of the library that somebody has begun to write: kept like drafts of posts."""

import re
import uuid

from django.urls import reverse
from django.utils.translation import gettext as _

from cohort.models import Membership
from forums import draft_places
from forums.draft_places import Found, Place
from resources.models import Resource
from resources.permissions import can_add, can_edit

# A title here may be longer than that of a discussion, by which its draft is listed.
WORDS = ("title", "description", "used_for", "made_by")
_PLACE = re.compile(r"page(?::(?P<pk>[1-9]\d{0,17}))?", re.ASCII)


def place_of(resource: Resource | None) -> str:
    """Where a page is drafted: an edit of one, or a new one."""
    return f"page:{resource.pk}" if resource else "page"


def find(member: Membership, place: re.Match[str], title: str) -> Found | None:
    if place["pk"] is None:
        url = reverse("resources:page_create", args=[member.cohort.slug])
        return Found(title or _("A new page for the library"), url) if can_add(member) else None
    seen = Resource.objects.visible_to(member).filter(current_page__isnull=False)
    resource = seen.filter(pk=int(place["pk"])).first()
    if resource is None or not can_edit(member, resource):
        return None
    url = reverse("resources:resource_edit", args=[member.cohort.slug, resource.pk])
    return Found(_("Change of the page “%(title)s”") % {"title": resource.title}, url)


def was_sent(member: Membership, form_key: uuid.UUID) -> bool:
    return Resource.objects.filter(added_by=member, form_key=form_key).exists()


def register() -> None:
    draft_places.register(
        Place(_PLACE, find, was_sent, WORDS, choices=("audience", "language"), ticks=("is_public",))
    )
