"""A whole thread to keep or print: every post that the reader may read, some at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cohort.models import Membership
from forums.models import Attachment, Thread
from forums.queries.page import PostRow, awaits_answer_of, posts_of, rows_of
from forums.queries.stored import Stored, stored_posts

AT_ONCE = 200
INDENT = 4


@dataclass(frozen=True)
class Copied:
    """A post of a copy. Its links are absolute, since a file stands in no site."""

    number: int
    depth: int
    author: str
    role: str
    to: str
    written_at: datetime
    is_edited: bool
    is_answer: bool
    speaks_as_facilitator: bool
    body: SafeString
    gone: str
    files: list[str]


def copied_posts(thread: Thread, member: Membership, most: int | None = None) -> Iterator[Copied]:
    """The posts of a visible thread in the tree's order; `most` of them at most."""
    posts = posts_of(thread, member, awaits_answer=awaits_answer_of(thread, member))
    ordered = posts.order_by("path")
    last_path, left = "", most
    while left is None or left > 0:
        size = AT_ONCE if left is None else min(AT_ONCE, left)
        pks = ordered.filter(path__gt=last_path).values_list("pk", flat=True)[:size]
        stored = stored_posts(list(pks), member)
        if not stored:
            return
        files = _files(member, [post.pk for post in stored])
        for post, row in zip(stored, rows_of(thread, member, stored), strict=True):
            yield _copied(post, row, [] if row.gone else files.get(row.pk, []))
        last_path = stored[-1].path
        left = None if left is None else left - len(stored)


def _files(member: Membership, post_pks: list[int]) -> dict[int, list[str]]:
    """The names of their files; of what an edit took out to whoever sees earlier versions."""
    named: dict[int, list[str]] = {}
    files = Attachment.objects.visible_to(member).filter(post__in=post_pks)
    files = files.order_by("created_at", "pk")
    for post_pk, name in files.values_list("post", "name"):
        named.setdefault(post_pk, []).append(name)
    return named


def _copied(post: Stored, row: PostRow, files: list[str]) -> Copied:
    return Copied(
        number=row.number,
        depth=row.depth,
        author=row.author.name,
        role=row.author.role,
        to=row.to,
        written_at=post.created_at,
        is_edited=row.is_edited,
        is_answer=row.is_answer,
        speaks_as_facilitator=row.speaks_as_facilitator,
        body=absolute(row.body),
        gone=row.gone,
        files=files,
    )


def absolute(html: str) -> SafeString:
    """Sanitized HTML whose links and pictures lead here from anywhere."""
    for name in ("href", "src"):
        html = html.replace(f'{name}="/', f'{name}="{settings.BASE_URL}/')
    return SafeString(html)


def closed_words(thread: Thread, member: Membership) -> str:
    """What a copy says of the replies that are not in it."""
    if not awaits_answer_of(thread, member):
        return ""
    return _("Replies are not in this copy: they open once you have written your own answer.")
