"""Rooms above this one whose texts are drafted like posts; they register in `AppConfig.ready`."""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cohort.models import Membership


@dataclass(frozen=True)
class Found:
    """Where somebody may be writing: in words, and where they go on."""

    about: str
    url: str


@dataclass(frozen=True)
class Place:
    """A kind of text, by what its drafts' `place` looks like."""

    pattern: re.Pattern[str]
    # None where the member may not write there; given what the draft is called so far.
    find: Callable[[Membership, re.Match[str], str], Found | None]
    # Whether the form with this key was sent: what arrives of it later is no draft any more.
    was_sent: Callable[[Membership, uuid.UUID], bool]
    # What its form asks beyond that of a post: what is typed, what is chosen, what is ticked.
    words: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    ticks: tuple[str, ...] = ()


_places: list[Place] = []


def register(place: Place) -> None:
    _places.append(place)


def find(member: Membership, place: str, title: str = "") -> Found | None:
    """The registered place of this name, where the member may write there."""
    matches = ((each, each.pattern.fullmatch(place)) for each in _places)
    return next((each.find(member, match, title) for each, match in matches if match), None)


def kept_at(place: str, form: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """What is kept of a form there, beyond that of a post, and whether anything of it was typed.

    Also what is empty: it was emptied.
    """
    kind = next((each for each in _places if each.pattern.fullmatch(place)), None)
    if kind is None:
        return {}, False
    kept = {name: form[name] for name in (*kind.words, *kind.choices) if name in form}
    kept |= {name: form.get(name, "") for name in kind.ticks}
    return kept, any(kept.get(name, "").strip() for name in kind.words)


def was_sent(member: Membership, form_key: uuid.UUID) -> bool:
    return any(each.was_sent(member, form_key) for each in _places)
