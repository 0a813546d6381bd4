"""Who wrote: each author's name, picture and role, made once however many rows show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from types import SimpleNamespace

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from cohort.models import Membership, Role
from cohort.templatetags.ui import avatar


@dataclass(slots=True)
class Author:
    name: str
    url: str  # empty for those who left
    role: str
    picture: SafeString
    head: SafeString  # name, role and what else stands above each of their posts


class Authors:
    """Authors by membership, in one query, and those who never had an account by their name."""

    def __init__(self, cohort_slug: str, pks: Iterable[int | None]) -> None:
        self._members = authors_of(cohort_slug, pks)
        self._named: dict[str, Author] = {}

    def of(self, pk: int | None, name: str = "") -> Author:
        """Without either it is somebody who left."""
        if pk is None and name:
            return self._named.get(name) or self._named.setdefault(name, _without_account(name))
        return self._members.get(pk) or self._members[None]


def authors_of(cohort_slug: str, pks: Iterable[int | None]) -> dict[int | None, Author]:
    """Authors by membership, in one query; None and unknown ones are somebody who left.

    Plain values instead of models: four of those for each author cost more than the rest of a row.
    """
    prefix = reverse("cohort:person_detail", args=[cohort_slug, 0]).removesuffix("0/")
    members = Membership.objects.filter(pk__in={pk for pk in pks if pk}).values_list(
        "pk",
        "role",
        "left_at",
        "user_id",
        "user__name",
        "user__title",
        "user__photo",
        "user__is_active",
        "team__name",
        "organization__name",
    )
    authors: dict[int | None, Author] = {}
    for pk, role, left_at, user_pk, name, title, photo, is_active, team, organization in members:
        url = f"{prefix}{pk}/" if is_active and left_at is None else ""
        words = ", ".join(filter(None, (title, team or organization)))
        authors[pk] = Author(
            name=name,
            url=url,
            role=words,
            picture=avatar(SimpleNamespace(pk=user_pk, name=name, photo=photo)),
            head=_head(name, url, words, is_facilitator=role == Role.FACILITATOR),
        )
    gone = _("Somebody who left")
    authors[None] = Author(gone, "", "", SafeString(""), _head(gone, "", ""))
    return authors


def _without_account(name: str) -> Author:
    picture = avatar(SimpleNamespace(pk=sum(name.encode()), name=name, photo=""))
    return Author(name, "", "", picture, _head(name, "", ""))


def _head(name: str, url: str, role: str, *, is_facilitator: bool = False) -> SafeString:
    name = escape(name)
    author = (
        f'<a class="post__author" href="{url}">{name}</a>'
        if url
        else f'<span class="post__author">{name}</span>'
    )
    badge = (
        f'<span class="badge badge--accent">{escape(_("Facilitator"))}</span>'
        if is_facilitator
        else ""
    )
    words = f'<span class="post__role">{escape(role)}</span>' if role else ""
    return mark_safe(f"{author}{badge}{words}")  # noqa: S308 (escaped)
