"""Names as people type them into meetings: with pronouns, devices, titles, and no accents."""

import re
import unicodedata
from collections.abc import Iterator

_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_PRONOUNS = re.compile(
    r"(?:(?:she|her|hers|he|him|his|they|them|theirs|ella|él|elle|ze|zir|xe|any|all|pronouns)"
    r"(?:\s*[/,|]\s*|\s+|$))+",
    re.IGNORECASE,
)
# What comes after a name: an organization, a place, a role.
_AFTER = re.compile(r"\s+[-–—|/@]\s+|\s*[|•·]\s*|\s+(?:from|at)\s+|\s+[-–—]|[-–—]\s+")
_POSSESSIVE = re.compile(r"['’`]s\b", re.IGNORECASE)
_DEVICE = re.compile(
    r"\b(?:iphone|ipad|ipod|macbook(?:\s+(?:pro|air))?|galaxy(?:\s+\w*\d\w*)?|pixel(?:\s+\d\w*)?|"
    r"samsung|android|laptop|desktop|computer|phone|tablet|surface|chromebook|zoom(?:\s+user)?|"
    r"guest|host|co-?host|external|unverified|presenter|organizer|de|von|of)\b",
    re.IGNORECASE,
)
_TITLES = {"dr", "mr", "mrs", "ms", "mx", "prof", "rev", "phd", "edd", "med", "mba", "jr", "sr"}


def plain(name: str) -> str:
    """Letters and digits without case, accents and order of "Ruiz, Ana"."""
    last, comma, first = name.partition(",")
    if comma and first.strip() and "," not in first:
        name = f"{first} {last}"
    decomposed = unicodedata.normalize("NFKD", name.casefold()).casefold()
    letters = "".join(c for c in decomposed if not unicodedata.combining(c)).replace("ø", "o")
    return " ".join(re.findall(r"[^\W_]+", _POSSESSIVE.sub("", letters)))


def words_of(name: str) -> frozenset[str]:
    """The words that tell people apart: no titles, no initials, unless there is nothing else."""
    words = [word for word in plain(name).split() if word not in _TITLES]
    return frozenset(word for word in words if len(word) > 1) or frozenset(words)


def called(name: str) -> Iterator[str]:
    """What somebody may be called, by what stands in a list, the likeliest first.

    Zoom writes "what they called themselves (what their account calls them)".
    """
    outside = _BRACKETS.sub(" ", name)
    inside = [part for part in _BRACKETS.findall(name) if not _PRONOUNS.fullmatch(part.strip())]
    seen = set()
    for part in (outside, *inside):
        for candidate in (part, *_AFTER.split(part)[:1], _DEVICE.sub(" ", part)):
            words = plain(candidate)
            if words and words not in seen and not words.isdecimal():
                seen.add(words)
                yield candidate.strip()
