"""What a post said before each edit, and what the edit changed, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cohort.richtext import to_text
from forums.models import Post, Revision

PER_PAGE = 10
# Comparing takes time by the square of the parts: of more than so many one stretch is told.
MOST_COMPARED = 1_200
_WORDS = re.compile(r"\S+|\s+")


@dataclass(frozen=True)
class Version:
    number: int
    written_at: datetime
    body: SafeString  # as it stood
    changes: SafeString  # against the version before; empty for the first one

    @property
    def is_first(self) -> bool:
        return self.number == 1


def versions_of(post: Post, page: int = 1) -> tuple[list[Version], bool]:
    """A page of a post's versions, the latest first, and whether there are older ones."""
    start = (page - 1) * PER_PAGE
    now = Revision(
        version=post.version, body=post.body, written_at=post.edited_at or post.created_at
    )
    older = list(post.revisions.order_by("-version")[max(0, start - 1) : start + PER_PAGE])
    known = [now, *older] if start == 0 else older
    versions = [_version(later, before) for later, before in pairwise(known)]
    has_older = len(known) > PER_PAGE
    if not has_older and known:
        versions.append(_version(known[-1], None))
    return versions[:PER_PAGE], has_older


def _version(version: Revision, before: Revision | None) -> Version:
    return Version(
        number=version.version,
        written_at=version.written_at,
        body=SafeString(version.body),
        changes=changes(to_text(before.body), to_text(version.body)) if before else SafeString(""),
    )


def changes(before: str, after: str) -> SafeString:
    """The text after an edit, with what went in <del> and what came in <ins>."""
    return format_html_join("", "{}", ((part,) for part in _parts(before, after)))


def _parts(before: str, after: str) -> Iterator[SafeString | str]:
    """Line by line, and within the lines that changed word by word."""
    for is_same, old, new in _stretches(before.splitlines(True), after.splitlines(True)):
        if is_same:
            yield "".join(new)
            continue
        for is_kept, out, put in _stretches(
            _WORDS.findall("".join(old)), _WORDS.findall("".join(new))
        ):
            if is_kept:
                yield "".join(put)
                continue
            if out:
                yield format_html("<del>{}</del>", "".join(out))
            if put:
                yield format_html("<ins>{}</ins>", "".join(put))


def _stretches(old: list[str], new: list[str]) -> Iterator[tuple[bool, list[str], list[str]]]:
    """What is the same in both and what is not, in turn; of very many parts only the ends."""
    if len(old) + len(new) <= MOST_COMPARED:
        for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            yield kind == "equal", old[i:j], new[k:m]
        return
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    yield True, old[:start], new[:start]
    yield False, old[start : len(old) - end], new[start : len(new) - end]
    yield True, old[len(old) - end :], new[len(new) - end :]


def _alike(old: list[str], new: list[str]) -> int:
    """How many parts both begin with."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((n for n, (one, other) in pairs if one != other), min(len(old), len(new)))
