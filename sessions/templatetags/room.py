"""Lines of a live room as their pages show them: in Python, since a page has many, and the template
engine costs ten times as much for what is repeated. `static/js/live-room-lines.js` draws the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cohort.models import Membership
from cohort.templatetags.cohort import when_text
from cohort.templatetags.ui import avatar, icon
from sessions.models import ChatMessage, LineReaction

register = template.Library()

ICONS = {"agree": "thumbs-up", "thanks": "heart", "learned": "lightbulb", "cheer": "party-popper"}
# The browser finds addresses by the same rule.
_ADDRESS = re.compile(r"""\bhttps?://[^\s<>"']+[^\s<>"'.,;:!?)\]]""")


@dataclass(frozen=True)
class Kind:
    """A way in which one may react."""

    kind: str
    label: str
    icon: str


@register.simple_tag
def reaction_kinds() -> list[Kind]:
    """Every way in which one may react, in the order in which they are offered."""
    return [Kind(kind, str(label), ICONS[kind]) for kind, label in LineReaction.Kind.choices]


@register.simple_tag(takes_context=True)
def chat_lines(context: template.Context) -> SafeString:
    """The page's `lines` as list items, with a day above the first of each."""
    markup = _Markup(context)
    items: list[str] = []
    day = None
    for line in context["lines"]:
        wall = timezone.localtime(line.created_at)
        if wall.date() != day:
            day = wall.date()
            items.append(
                f'<li class="line line--event" data-day><time datetime="{day.isoformat()}">'
                f"{escape(when_text(line.created_at, 'day'))}</time></li>"
            )
        items.append(markup.line(line))
    return SafeString("".join(items))


class _Markup:
    """What the lines of one page share: the words, and where their forms lead."""

    def __init__(self, context: template.Context) -> None:
        slug, pk = context["cohort"].slug, context["session"].pk
        self.base = reverse("sessions:transcript", args=[slug, pk])
        self.member: Membership = context["membership"]
        self.titles: Mapping[str, str] = context.get("titles") or {}
        self.may_react = bool(context.get("can_chat"))
        self.may_moderate = bool(context.get("can_moderate"))
        self.kinds = reaction_kinds()
        self.former = escape(_("Former member"))
        self.removed = escape(_("A facilitator removed this line."))
        self.nobody = '<span class="avatar" aria-hidden="true">–</span>'
        self._people: dict[int, tuple[str, str]] = {}
        self._clocks: dict[datetime, str] = {}

    def line(self, line: ChatMessage) -> str:
        picture, head = self._person(line.sender)
        removed = " line--removed" if line.removed_at else ""
        at = line.created_at.isoformat()
        clock = self._clock(line.created_at.replace(second=0, microsecond=0))
        return (
            f'<li class="line{removed}" id="line-{line.seq}" data-seq="{line.seq}"'
            f' data-rev="{line.rev}" data-at="{at}" data-by="{line.sender_id or ""}">{picture}'
            f'<p class="line__head">{head}<time datetime="{at}">{clock}</time>'
            f"{self._acts(line)}</p>"
            f"{self._answered(line)}{self._text(line)}</li>"
        )

    def _clock(self, minute: datetime) -> str:
        """Made once for whoever speaks in it."""
        if minute not in self._clocks:
            self._clocks[minute] = escape(when_text(minute, "time"))
        return self._clocks[minute]

    def _person(self, sender: Membership | None) -> tuple[str, str]:
        """Picture and head; made once for whoever says much."""
        if sender is None:
            return self.nobody, f"<strong>{self.former}</strong>"
        if sender.pk not in self._people:
            where = sender.team.name if sender.team else sender.get_role_display()
            name, team = escape(sender.user.name), escape(where)
            self._people[sender.pk] = (
                avatar(sender),
                f"<strong>{name}</strong><span>{team}</span>",
            )
        return self._people[sender.pk]

    def _acts(self, line: ChatMessage) -> str:
        if not self.may_moderate:
            return ""
        place = f"{self.base}{line.seq}/"
        if line.removed_at:
            return self._act(f"{place}return/", _("Restore"))
        discuss = ""
        if not getattr(line, "discussion", None):
            words = escape(_("Discuss"))
            discuss = f'<a class="link-button line__act" href="{place}discussion/">{words}</a>'
        return discuss + self._act(f"{place}removal/", _("Remove"))

    def _act(self, url: str, words: str) -> str:
        return (
            f'<button class="link-button line__act" form="moderation" formaction="{url}">'
            f"{escape(words)}</button>"
        )

    def _answered(self, line: ChatMessage) -> str:
        other = line.answered
        if other is None:
            return ""
        words = escape(other.text) if other.text else self.removed
        return (
            f'<a class="line__answers" href="#line-{other.seq}" data-answers="{other.seq}">'
            f"<b>{escape(other.name) or self.former}</b> <span>{words}</span></a>"
        )

    def _text(self, line: ChatMessage) -> str:
        went = self._went(getattr(line, "discussion", None))
        if line.removed_at:
            return f'<p class="line__text"><em>{self.removed}</em></p>{went}'
        chips = "".join(
            self._chip(line, kind, people)
            for kind in self.kinds
            if (people := line.by_kind.get(kind.kind))
        )
        return (
            f'<p class="line__text">{linked(line.body, self.titles)}</p>{went}'
            f'<div class="line__reactions">{chips}</div>'
        )

    def _went(self, discussion: Any) -> str:
        if not discussion:
            return ""
        url, title = escape(discussion.get_absolute_url()), escape(discussion.title)
        return (
            f'<p class="line__went small">{icon("messages-square")} <a href="{url}">{title}</a></p>'
        )

    def _chip(self, line: ChatMessage, kind: Kind, people: list[int]) -> str:
        is_mine = self.member.pk in people
        pressed, value = ("true", "") if is_mine else ("false", kind.kind)
        disabled = "" if self.may_react else " disabled"
        return (
            f'<button class="reaction" form="reacting" formaction="{self.base}{line.seq}/reaction/"'
            f' name="kind" value="{value}" data-kind="{kind.kind}" aria-pressed="{pressed}"'
            f"{disabled}>"
            f'{icon(kind.icon)}<span class="visually-hidden">{escape(kind.label)}</span>'
            f"<b>{len(people)}</b></button>"
        )


def linked(text: str, titles: Mapping[str, str]) -> str:
    """A line's text with its addresses as links, those of this product by their titles."""
    pieces, begin = [], 0
    for found in _ADDRESS.finditer(text):
        address, title = found[0], titles.get(found[0])
        rel = "" if title else ' rel="nofollow noopener noreferrer"'
        link = f'<a href="{escape(address)}"{rel}>{escape(title or address)}</a>'
        pieces += [escape(text[begin : found.start()]), link]
        begin = found.end()
    return "".join([*pieces, escape(text[begin:])])
