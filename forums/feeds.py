"""Atom feeds (RFC 4287) of discussions: what one member may see at this moment.

An entry tells who wrote where, and how it begins, with a link: feed readers keep what they once
got, often on others' machines, and what is edited or removed here would stand there in full.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Left
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _

from cohort.models import Membership
from cohort.richtext import excerpt
from forums.models import ThreadTheme
from forums.queries.search import posts_in_sight

ENTRIES = 30
EXCERPT = 280
# What XML 1.0 §2.2 has no character for.
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Channel:
    """What a feed is of: everything one sees, one space, or a theme with its sub-lessons."""

    name: str
    path: str
    spaces: tuple[int, ...]
    themes: tuple[int, ...] = ()
    key: str = "all"


@dataclass(frozen=True)
class Entry:
    post_pk: int
    title: str
    author: str
    text: str
    url: str
    published: datetime
    updated: datetime


class _Feed(Atom1Feed):
    """With a moment of its own when it has no entries, so that nothing new is nothing changed."""

    def latest_post_date(self) -> datetime:
        return self.feed["updated"]

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        handler.addQuickElement("generator", settings.SITE_NAME)


def entries_of(member: Membership, channel: Channel) -> list[Entry]:
    """The latest standing posts the member may read there, in one query."""
    posts = posts_in_sight(member, channel.spaces)
    if channel.themes:
        items = ThreadTheme.objects.filter(tag__in=channel.themes).values("content_object")
        posts = posts.filter(thread__in=items)
    rows = posts.order_by("-created_at", "-pk").values_list(
        "pk", "thread_id", "number", "parent_id", "thread__title", "author__user__name",
        "author_name", "created_at", "edited_at", Left("body_text", 2 * EXCERPT),
    )  # fmt: skip
    listed = reverse("forums:thread_list", args=[member.cohort.slug])
    return [_entry(f"{settings.BASE_URL}{listed}", row) for row in rows[:ENTRIES]]


def _entry(listed: str, row: tuple[Any, ...]) -> Entry:
    pk, thread_pk, number, parent, title, name, outsider, created, edited, text = row
    author = name or outsider or _("Somebody who left")
    url = f"{listed}{thread_pk}/"
    if parent:
        title = _("%(name)s in “%(title)s”") % {"name": author, "title": title}
        url = f"{url}?post={number}#post-{number}"
    return Entry(
        post_pk=pk,
        title=_clean(title),
        author=_clean(author),
        text=_clean(excerpt(text, EXCERPT)),
        url=url,
        published=created,
        updated=max(created, edited or created),
    )


def write_feed(
    member: Membership, channel: Channel, entries: Iterable[Entry], *, since: datetime
) -> tuple[bytes, datetime]:
    """The feed as XML, and when it last changed: `since` for one without entries.

    Its identifiers are tag URIs (RFC 4151) that no move of a thread changes. It does not name its
    own address, which holds the key.
    """
    entries = list(entries)
    updated = max((entry.updated for entry in entries), default=since)
    feed = _Feed(
        title=_clean(f"{channel.name} · {member.cohort.name}"),
        link=f"{settings.BASE_URL}{channel.path}",
        description=None,
        language=settings.LANGUAGE_CODE,
        feed_guid=_tag(f"cohort-{member.cohort_id}/{channel.key}"),
        updated=updated,
    )
    for entry in entries:
        feed.add_item(
            title=entry.title,
            link=entry.url,
            description=escape(entry.text),
            author_name=entry.author,
            unique_id=_tag(f"post-{entry.post_pk}"),
            pubdate=entry.published,
            updateddate=entry.updated,
        )
    return feed.writeString("utf-8").encode(), updated


def everything(member: Membership, spaces: Iterable[int]) -> Channel:
    path = reverse("forums:thread_list", args=[member.cohort.slug])
    return Channel(_("All discussions"), path, tuple(spaces))


def of_space(member: Membership, pk: int, slug: str, name: str) -> Channel:
    path = f"{reverse('forums:thread_list', args=[member.cohort.slug])}?space={slug}"
    return Channel(name, path, (pk,), key=f"space-{pk}")


def of_theme(
    member: Membership, spaces: Iterable[int], themes: list[tuple[int, str, str]]
) -> Channel:
    """`themes` are the theme and its lessons as (key, slug, name), the theme first."""
    pk, slug, name = themes[0]
    path = reverse("home:theme_detail", args=[member.cohort.slug, slug])
    keys = tuple(theme[0] for theme in themes)
    return Channel(name, path, tuple(spaces), keys, key=f"theme-{pk}")


def with_lessons(slug: str) -> Q:
    return Q(slug=slug) | Q(parent__slug=slug)


def _tag(name: str) -> str:
    return f"tag:{settings.MAIL_DOMAIN},2026:{name}"


def _clean(text: str) -> str:
    return NOT_IN_XML.sub("", text)
