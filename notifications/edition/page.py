"""The edition as it is read: fragments that many readers share, put together for one of them.

What is equal is rendered, and has its styles inlined, once: each item, each heading, and the frame
around them, in which only words are filled in for the reader. The words of a fragment are what it
is kept by, so that nothing old and nothing of somebody else's can come out of here.
"""

import re
import secrets
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.conf import settings
from django.utils.html import escape
from django.utils.translation import get_language, ngettext

from notifications.rendering import inline, inline_fragment, render_pair
from notifications.sections import (
    MOST,
    MOST_ITEMS,
    MOST_OF_A_GROUP,
    Group,
    Place,
    SectionItem,
    SectionPart,
)

KEPT = 4_096
LINE = 76
# Where a reader's own words go into what is shared: nobody can write this, and no parser minds.
_MARK = f"slot-{secrets.token_hex(8)}-"
_SLOT = re.compile(rf"{_MARK}([a-z_0-9]+)-")


@dataclass(frozen=True)
class Words:
    """The same for both parts of a mail."""

    html: str
    text: str


@dataclass(frozen=True)
class Shared:
    """Something rendered once: literal words in turn with the names of what is filled in."""

    html: tuple[str, ...]
    text: tuple[str, ...]

    def fill(self, slots: Mapping[str, str | Words]) -> Words:
        html = _fill(self.html, lambda name: _html_of(slots[name]))
        text = _fill(self.text, lambda name: _text_of(slots[name]))
        return Words(html, text)


def _fill(pieces: Sequence[str], words: Any) -> str:
    return "".join(words(piece) if n % 2 else piece for n, piece in enumerate(pieces))


def _html_of(words: str | Words) -> str:
    return words.html if isinstance(words, Words) else escape(words)


def _text_of(words: str | Words) -> str:
    return words.text if isinstance(words, Words) else words


def slot(name: str) -> str:
    return f"{_MARK}{name}-"


def shared(words: Words) -> Shared:
    return Shared(tuple(_SLOT.split(words.html)), tuple(_SLOT.split(words.text)))


def fragment(template: str, **context: Any) -> Words:
    """One piece between others, with its styles inlined."""
    text, html = render_pair(template, {"base_url": settings.BASE_URL, **context})
    return Words(inline_fragment(html), text.strip())


# ------------------------------------------------------------------------- pieces


@lru_cache(KEPT)
def _item(item: SectionItem, _language: str | None) -> Shared:
    return shared(
        fragment("mail/edition/_item", item=item, excerpt=textwrap.fill(item.excerpt, LINE))
    )


def item_words(item: SectionItem) -> Words:
    """An item. Its buttons lead where only its reader may go: they are filled in."""
    slots = {f"button_{n}": _address(button.url) for n, button in enumerate(item.buttons)}
    buttons = tuple(
        replace(button, url=slot(f"button_{n}")) for n, button in enumerate(item.buttons)
    )
    return _item(replace(item, buttons=buttons) if buttons else item, get_language()).fill(slots)


@lru_cache(KEPT)
def _piece(name: str, title: str, color: str, url: str, _language: str | None) -> Words:
    return fragment(f"mail/edition/_{name}", title=title, color=color, url=_address(url))


def piece(name: str, title: str, *, color: str = "", url: str = "") -> Words:
    """A heading (`own`, `place`, `group`) or what leads to the rest (`more`)."""
    return _piece(name, title, color, url, get_language())


def _address(url: str) -> str:
    return f"{settings.BASE_URL}{url}" if url.startswith("/") else url


# ------------------------------------------------------------------------- order


@dataclass(frozen=True)
class Block:
    """All that stands in one place of one reader's edition."""

    place: Place
    title: str
    items: Sequence[SectionItem]
    left_out: int
    more_url: str


def blocks_of(parts: Iterable[SectionPart]) -> list[Block]:
    """Parts in the order of their places, those of one place together."""
    ordered = sorted(parts, key=lambda part: part.place)
    return [_block(place, list(those)) for place, those in groupby(ordered, lambda p: p.place)]


def _block(place: Place, parts: Sequence[SectionPart]) -> Block:
    return Block(
        place=Place(place),
        title=next((str(part.title) for part in parts if part.title), str(Place(place).label)),
        items=[item for part in parts for item in part.items],
        left_out=sum(part.left_out for part in parts),
        more_url=next((part.more_url for part in parts if part.more_url), ""),
    )


def content_of(blocks: Sequence[Block], note: Words | None, about_own: str) -> Words:
    """The bulletin, the facilitators' note on top, then the reader's own part."""
    words = [note] if note else []
    for n, block in enumerate(blocks):
        if block.place.is_own and (n == 0 or not blocks[n - 1].place.is_own):
            words.append(piece("own", about_own))
        words.append(piece("place", block.title))
        words += _grouped(block) if block.place is Place.THEMES else _listed(block, block.items)
    return Words("".join(one.html for one in words), "\n\n".join(one.text for one in words))


def _listed(block: Block, items: Sequence[SectionItem]) -> Iterator[Words]:
    most = MOST.get(block.place, MOST_ITEMS)
    yield from map(item_words, items[:most])
    if left_out := max(0, len(items) - most) + block.left_out:
        yield _more(left_out, block.more_url)


def _grouped(block: Block) -> Iterator[Words]:
    room, left_out = MOST[block.place], block.left_out
    for group, items in _groups(block.items):
        shown = items[: min(room, MOST_OF_A_GROUP) if group.label else room]
        room -= len(shown)
        if not shown:
            left_out += len(items)
            continue
        if group.label:
            yield piece("group", group.label, color=group.color)
        yield from map(item_words, shown)
        if rest := len(items) - len(shown):
            yield _more(rest, group.url or block.more_url)
    if left_out:
        yield _more(left_out, block.more_url)


def _groups(items: Sequence[SectionItem]) -> list[tuple[Group, list[SectionItem]]]:
    found: dict[Group, list[SectionItem]] = {}
    for item in items:
        found.setdefault(item.group or Group(""), []).append(item)
    return sorted(found.items(), key=lambda pair: (not pair[0].label, pair[0].position))


def _more(count: int, url: str) -> Words:
    words = ngettext("and %(n)d more", "and %(n)d more", count) % {"n": count}
    return piece("more", words, url=url)


# ------------------------------------------------------------------------- the frame

_READERS_OWN = ("subject", "preheader", "heading", "window", "why", "content")
_ADDRESSES = ("unsubscribe_url", "choices_url")


@dataclass(frozen=True)
class CohortNames:
    """What of a cohort stands in the frame; a cohort stands in for it in templates."""

    name: str
    url: str


@lru_cache(256)
def _frame(cohort: CohortNames, _language: str | None) -> Shared:
    context = {name: slot(name) for name in (*_READERS_OWN, *_ADDRESSES)}
    text, html = render_pair(
        "mail/edition",
        {
            "site_name": settings.SITE_NAME,
            "base_url": settings.BASE_URL,
            "support_email": settings.SUPPORT_EMAIL,
            "cohort": cohort,
            "home_url": _address(cohort.url),
            **context,
        },
    )
    return shared(Words(inline(html), text))


def page_of(cohort: CohortNames, slots: Mapping[str, str | Words]) -> Words:
    """The whole edition: a frame with the reader's own words in it."""
    return _frame(cohort, get_language()).fill(slots)
