"""Who wrote: each author's name, picture and role, made once however many rows show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace

from django.db import connection
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cohort.models import Role
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


# By hand, like the posts of a page.
_PEOPLE = """
SELECT member.id, member.role, member.left_at IS NULL AND person.is_active,
       person.id, person.name, person.photo, person.title,
       coalesce(team.name, organization.name, '')
FROM cohort_membership member
JOIN cohort_user person ON person.id = member.user_id
LEFT JOIN cohort_team team ON team.id = member.team_id
LEFT JOIN cohort_organization organization ON organization.id = member.organization_id
WHERE member.id = ANY(%s)
"""


def authors_of(cohort_slug: str, pks: Iterable[int | None]) -> dict[int | None, Author]:
    """Authors by membership, in one query; None and unknown ones are somebody who left."""
    prefix = reverse("cohort:person_detail", args=[cohort_slug, 0]).removesuffix("0/")
    facilitates = _("Facilitator")
    authors: dict[int | None, Author] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [list({pk for pk in pks if pk})])
        for pk, role, is_here, user_pk, name, photo, title, place in cursor.fetchall():
            url = f"{prefix}{pk}/" if is_here else ""
            words = ", ".join(filter(None, (title, place)))
            badge = facilitates if role == Role.FACILITATOR else ""
            picture, head = picture_of(user_pk, name, photo), _head(name, url, words, badge)
            authors[pk] = Author(name, url, words, picture, head)
    gone = _("Somebody who left")
    authors[None] = Author(gone, "", "", SafeString(""), _head(gone, "", "", ""))
    return authors


def _without_account(name: str) -> Author:
    return Author(name, "", "", picture_of(sum(name.encode()), name, ""), _head(name, "", "", ""))


# Made once for many pages: these are as dear as all else that is shown of a post.
@lru_cache(maxsize=4096)
def picture_of(user_pk: int, name: str, photo: str) -> SafeString:
    return avatar(SimpleNamespace(pk=user_pk, name=name, photo=photo))


@lru_cache(maxsize=4096)
def _head(name: str, url: str, role: str, badge: str) -> SafeString:
    name = escape(name)
    author = (
        f'<a class="post__author" href="{url}">{name}</a>'
        if url
        else f'<span class="post__author">{name}</span>'
    )
    mark = f'<span class="badge badge--accent">{escape(badge)}</span>' if badge else ""
    words = f'<span class="post__role">{escape(role)}</span>' if role else ""
    return SafeString(f"{author}{mark}{words}")
