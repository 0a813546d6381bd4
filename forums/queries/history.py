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
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=len(old) + len(new) > 4000)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            yield "".join(new[k:m])
            continue
        if i < j:
            yield format_html("<del>{}</del>", "".join(old[i:j]))
        if k < m:
            yield format_html("<ins>{}</ins>", "".join(new[k:m]))
