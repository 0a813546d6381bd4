"""Who wrote: each author's name, picture and role, made once however many rows show them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cohort.models import Membership
from cohort.templatetags.ui import avatar


@dataclass(slots=True)
class Author:
    name: str
    url: str  # empty for those who left
    role: str
    picture: SafeString
    is_facilitator: bool


def authors_of(cohort_slug: str, pks: Iterable[int | None]) -> dict[int | None, Author]:
    """Authors by membership, in one query; None and unknown ones are somebody who left."""
    prefix = reverse("cohort:person_detail", args=[cohort_slug, 0]).removesuffix("0/")
    members = (
        Membership.objects.filter(pk__in={pk for pk in pks if pk})
        .select_related("user", "team", "organization")
        .only(
            "role",
            "left_at",
            "user__name",
            "user__title",
            "user__photo",
            "user__is_active",
            "team__name",
            "organization__name",
        )
    )
    authors: dict[int | None, Author] = {
        member.pk: Author(
            name=member.user.name,
            url=f"{prefix}{member.pk}/" if member.is_active else "",
            role=_role(member),
            picture=avatar(member),
            is_facilitator=member.is_facilitator,
        )
        for member in members
    }
    authors[None] = Author(_("Somebody who left"), "", "", SafeString(""), False)
    return authors


def _role(member: Membership) -> str:
    place = member.team or member.organization
    return ", ".join(filter(None, (member.user.title, place and place.name)))
