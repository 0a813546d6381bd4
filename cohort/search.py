"""Full-text search as every room uses it: what people type, and passages with what matched."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

LONGEST_QUERY = 200
# Characters no text holds (they are stripped on the way in) mark what matched, until it is escaped.
START, STOP = "\x02", "\x03"
TOKEN = re.compile(r'-?"[^"]*"?|\S+')
SENTENCE_ENDS = '.!?:…"”’)'
# Shorter ones are too many words at once.
BEGINNING = re.compile(r"\w{3,}")
# What stands between the words in the name of a file.
BETWEEN_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Narrowing:
    """What a search is narrowed to, by keys; a room heeds what means something for it.

    `themes` are a theme and its sub-lessons. `at` is when the search began: what came later
    stays out of it, so that its pages neither skip nor repeat.
    """

    themes: tuple[int, ...] = ()
    tag: str = ""
    kind: str = ""
    space: int | None = None
    # Those who bear a name that was asked for; if nobody does, it may be an outsider's.
    authors: tuple[int, ...] | None = None
    author_name: str = ""
    team: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    at: datetime | None = None


def tidy(text: str) -> str:
    """What was typed into a search field, without what no text can hold."""
    return " ".join(text.replace("\0", " ").split())[:LONGEST_QUERY].strip()


def search_query(text: str) -> SearchQuery | None:
    """What PostgreSQL looks for, or None when there is nothing to look for.

    Words in any order, "phrases", -without, either `or` other; the last word may be a beginning.
    """
    tokens = TOKEN.findall(tidy(text))
    groups: list[list[str]] = [[]]
    for token in tokens:
        if token.lower() == "or":
            groups.append([])
        else:
            groups[-1].append(token)
    ends_open = bool(tokens) and BEGINNING.fullmatch(tokens[-1]) is not None
    queries = [_all_of(group) for group in groups[:-1] if group]
    if groups[-1]:
        queries.append(_all_of(groups[-1], ends_open=ends_open))
    return reduce(or_, queries) if queries else None


def _all_of(tokens: list[str], *, ends_open: bool = False) -> SearchQuery:
    if not ends_open:
        return _words(tokens)
    beginning = SearchQuery(f"'{tokens[-1]}':*", config="english", search_type="raw")
    return _words(tokens[:-1]) & beginning if tokens[1:] else beginning


def _words(tokens: list[str]) -> SearchQuery:
    return SearchQuery(" ".join(tokens), config="english", search_type="websearch")


def plain_words(text: str) -> list[str]:
    """The words of a query that are looked for, for what is searched letter by letter."""
    wanted = (token for token in TOKEN.findall(tidy(text)) if not token.startswith("-"))
    words = (word for token in wanted for word in token.strip('"').split())
    return [word for word in words if word.lower() != "or"]


def words_of_file(name: str) -> str:
    """A file's name as search finds it: whole, and by its words, as `a_b.pdf` would be one."""
    words = BETWEEN_WORDS.sub(" ", name).strip()
    return name if words == name else f"{name} {words}"


def passage(field: Any, query: SearchQuery) -> SearchHeadline:
    """The part of a text where a query matched; `marked` makes it HTML."""
    return SearchHeadline(
        field,
        query,
        config="english",
        start_sel=START,
        stop_sel=STOP,
        max_words=40,
        min_words=20,
        max_fragments=0,
    )


def whole(field: str, query: SearchQuery) -> SearchHeadline:
    """All of a short text with what matched; `marked` makes it HTML."""
    return SearchHeadline(
        field, query, config="english", start_sel=START, stop_sel=STOP, highlight_all=True
    )


def excerpt(text: str) -> str:
    """A passage with dots where it was cut out of its sentence."""
    words = " ".join(text.split())
    begins = words.lstrip(START)[:1]
    start = "… " if begins.islower() else ""
    stop = "" if words.rstrip(STOP)[-1:] in SENTENCE_ENDS else " …"
    return f"{start}{words}{stop}"


def marked(text: str) -> SafeString:
    """A passage as HTML, what matched in <mark>."""
    html = escape(" ".join(text.split()))
    return mark_safe(html.replace(START, "<mark>").replace(STOP, "</mark>"))  # noqa: S308
