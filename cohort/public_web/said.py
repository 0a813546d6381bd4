"""What a page on the web says of itself: its title and its description."""

import re
from dataclasses import dataclass
from threading import BoundedSemaphore

from lxml import etree, html

from cohort.mails.charsets import to_text
from cohort.public_web.places import NotRead
from cohort.public_web.reading import Answer, fetch

# Of the threads of one process that answer pages, so many may wait for other servers.
AT_ONCE = 2
# A head is seldom longer, and what comes after it says neither.
HEAD = 128 * 1024
LONGEST_TITLE = 160
LONGEST_DESCRIPTION = 500
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.ASCII | re.IGNORECASE)
_BODY = re.compile(r"<body[\s>]", re.IGNORECASE)
_waiting = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Words:
    """Plain text, tidy and not too long; empty where the page says nothing."""

    title: str
    description: str


def words_of(url: str, *, loopback: bool = False) -> Words | None:
    """None if it cannot be read, is no page, or too many are being read at this moment.

    Takes up to five seconds; meant for a request, since it never lets more than two threads of a
    process wait.
    """
    if not _waiting.acquire(blocking=False):
        return None
    try:
        answer = fetch(url, loopback=loopback)
    except NotRead:
        return None
    finally:
        _waiting.release()
    is_page = answer.content_type.lower().startswith(("text/html", "application/xhtml"))
    return words_in(answer) if is_page and 200 <= answer.status < 300 else None


def words_in(answer: Answer) -> Words:
    """Says more than a title: what is meant for sharing comes first (Open Graph)."""
    tree = _parsed(_text(answer))
    if tree is None:
        return Words("", "")
    said = _metas(tree)
    title = said.get("og:title") or "".join(tree.xpath("(//title)[1]//text()"))
    description = said.get("og:description") or said.get("description") or ""
    return Words(_tidy(title, LONGEST_TITLE), _tidy(description, LONGEST_DESCRIPTION))


def _text(answer: Answer) -> str:
    """By the mark at its beginning, by what the server claims, or by what the page does."""
    data = answer.body[:HEAD]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return to_text(data, "utf-16")
    claimed = _CHARSET.search(answer.content_type) or _CHARSET.search(data[:4096].decode("latin-1"))
    return to_text(data, claimed[1] if claimed else "")


def _parsed(text: str) -> html.HtmlElement | None:
    """Of its head alone: nothing in a body says what we ask, and it may be made to be slow."""
    head = _BODY.split(text, maxsplit=1)[0]
    try:
        parser = html.HTMLParser(encoding="utf-8", remove_pis=True, remove_comments=True)
        return html.document_fromstring(head.encode(), parser=parser)
    except (etree.LxmlError, ValueError):
        return None


def _metas(tree: html.HtmlElement) -> dict[str, str]:
    """The first of each name."""
    said: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or "").strip().lower()
        said.setdefault(name, (meta.get("content") or "").strip())
    return said


def _tidy(text: str, most: int) -> str:
    words = " ".join(text.split())
    if len(words) <= most:
        return words
    return words[: most - 1].rpartition(" ")[0] + "…"
