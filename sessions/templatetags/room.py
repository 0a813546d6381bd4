"""Lines of a live room as their page shows them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from django import template
from django.utils.html import escape, urlize
from django.utils.safestring import SafeString, mark_safe

from cohort.models import Membership
from sessions.models import ChatMessage, LineReaction

register = template.Library()

_LINK = re.compile(r'<a href="([^"]*)"([^>]*)>[^<]*</a>')
ICONS = {"agree": "thumbs-up", "thanks": "heart", "learned": "lightbulb", "cheer": "party-popper"}


@register.filter
def line_words(line: ChatMessage, titles: Mapping[str, str]) -> SafeString:
    """A line's text with its addresses as links, those of this product by their titles."""
    html = urlize(line.body, nofollow=True, autoescape=True)

    def name(link: re.Match[str]) -> str:
        title = titles.get(unescape(link[1]))
        return f'<a href="{link[1]}">{escape(title)}</a>' if title else link[0]

    return mark_safe(_LINK.sub(name, html) if titles else html)  # noqa: S308 urlize has escaped it


@dataclass(frozen=True)
class Chip:
    """How many reacted to a line in one way."""

    kind: str
    label: str
    icon: str
    count: int
    is_mine: bool


@register.simple_tag
def reactions_to(line: ChatMessage, member: Membership) -> list[Chip]:
    """The ways in which anybody reacted, in the order in which they are offered."""
    return [
        Chip(kind, str(label), ICONS[kind], len(people), member.pk in people)
        for kind, label in LineReaction.Kind.choices
        if (people := line.by_kind.get(kind))
    ]


@register.simple_tag
def reaction_kinds() -> list[Chip]:
    """Every way in which one may react."""
    return [
        Chip(kind, str(label), ICONS[kind], 0, False) for kind, label in LineReaction.Kind.choices
    ]
