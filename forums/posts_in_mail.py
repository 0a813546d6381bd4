"""How posts look in a mail: cut where it would get too long, with whole addresses."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from cohort import references
from cohort.letters import to_letter
from cohort.richtext import excerpt
from forums.models import Post
from notifications.rendering import absolute, with_whole_addresses

# As much as people read in a mail, and as a mail program shows before it cuts.
MOST_POSTS = 12
LONGEST_HTML = 9_000
LONGEST_IN_ALL = 36_000
EXCERPT = 900

_PICTURE = re.compile(r"<img[^>]*?>")
_ALT = re.compile(r'alt="([^"]*)"')


@dataclass(frozen=True)
class MailedPost:
    """A post as a mail shows it."""

    author: str
    role: str
    created_at: datetime
    html: SafeString
    text: str
    url: str
    is_cut: bool


def as_mailed(posts: Sequence[Post], titles: dict[str, str]) -> Iterator[MailedPost]:
    room = LONGEST_IN_ALL
    for post in posts[:MOST_POSTS]:
        is_cut = len(post.body) > min(LONGEST_HTML, room)
        room -= min(len(post.body), EXCERPT if is_cut else LONGEST_HTML)
        url = absolute(post.get_absolute_url())
        text = post.body_text
        html = _paragraph(text) if is_cut else _html(post, titles, url)
        yield MailedPost(
            author=post.writer_name,
            role=_role(post),
            created_at=post.created_at,
            html=html,
            text=excerpt(text, EXCERPT) if is_cut else to_letter(html),
            url=url,
            is_cut=is_cut,
        )


def _role(post: Post) -> str:
    author = post.author
    if author is None:
        return ""
    if author.is_facilitator:
        return _("Facilitator")
    return ", ".join(filter(None, (author.user.title, author.team.name if author.team else "")))


def _paragraph(text: str) -> SafeString:
    return mark_safe(f"<p>{escape(excerpt(text, EXCERPT))}</p>")  # noqa: S308 (escaped)


def _html(post: Post, titles: dict[str, str], url: str) -> SafeString:
    """A post's sanitized HTML for a mail: whole addresses, and pictures where they can be seen."""

    def picture(found: re.Match[str]) -> str:
        alt = _ALT.search(found[0])
        words = _("Picture: %s") % alt[1] if alt and alt[1] else _("Picture")
        return f'<a href="{url}">[{words}]</a>'

    html = references.with_titles(post.body, titles, post.thread.cohort.slug)
    html = _PICTURE.sub(picture, html)
    return mark_safe(with_whole_addresses(html))  # noqa: S308 (sanitized when it was stored)
