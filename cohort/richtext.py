"""Rich text: the one place that says which HTML a person's words may hold.

Stored as sanitized HTML with a plain-text twin for search, excerpts and mail.
"""

import re
from functools import partial

import nh3
from django.utils.html import escape, urlize
from inscriptis import get_text
from inscriptis.model.config import ParserConfig

TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h2", "h3", "hr", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
SCHEMES = {"http", "https", "mailto"}

# Only pictures that were put into a text here: none is fetched from anywhere else.
PICTURE_ADDRESS = re.compile(r"/c/[-a-zA-Z0-9_]+/attachments/[0-9a-f-]{36}/")


def _only_own_pictures(tag: str, attribute: str, value: str) -> str | None:
    if (tag, attribute) == ("img", "src"):
        return value if PICTURE_ADDRESS.fullmatch(value) else None
    if tag == "img" and attribute in ("width", "height"):
        return value if value.isascii() and value.isdecimal() and len(value) < 6 else None
    return value


_clean = partial(
    nh3.clean,
    tags=TAGS,
    attributes=ATTRIBUTES,
    url_schemes=SCHEMES,
    clean_content_tags={"script", "style", "template", "noscript", "title", "textarea"},
    link_rel="nofollow noopener noreferrer",
    strip_comments=True,
)
# What a post may hold beyond it: pictures, and people and teams named with an @.
_clean_post = partial(
    _clean,
    tags=TAGS | {"img"},
    attributes={**ATTRIBUTES, "img": {"src", "alt", "width", "height"}},
    allowed_classes={"a": {"mention"}},
    attribute_filter=_only_own_pictures,
)
_LIST_ITEM = re.compile(r"^(?:[-*•]|\d{1,2}[.)])\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def sanitize(html: str) -> str:
    """Keep what the allow-list names; everything else loses its tags, scripts their text too."""
    return _clean(_CONTROL.sub("", html)).strip()


def sanitize_post(html: str) -> str:
    """The same for posts, which may hold pictures put into them here, and mentions."""
    html = _clean_post(_CONTROL.sub("", html)).strip()
    return re.sub(r"<img(?![^>]* src=)[^>]*>", "", html)


def from_plain(text: str) -> str:
    """HTML for text typed without an editor: paragraphs, quotes (>), lists (-, 1.), links."""
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    blocks = re.split(r"\n\s*\n", text)
    return sanitize("".join(_block(block.split("\n")) for block in blocks if block.strip()))


def _block(lines: list[str]) -> str:
    if all(_LIST_ITEM.match(line) for line in lines):
        kind = "ol" if lines[0][0].isdigit() else "ul"
        items = "".join(f"<li>{_inline(_LIST_ITEM.sub('', line))}</li>" for line in lines)
        return f"<{kind}>{items}</{kind}>"
    if all(line.startswith(">") for line in lines):
        inner = "<br>".join(_inline(line[1:].strip()) for line in lines)
        return f"<blockquote><p>{inner}</p></blockquote>"
    return f"<p>{'<br>'.join(_inline(line) for line in lines)}</p>"


def _inline(line: str) -> str:
    html = urlize(escape(line), autoescape=False)
    return re.sub(r"\*\*([^*\n]{1,400})\*\*", r"<strong>\1</strong>", html)


_text_config = ParserConfig(display_links=False)


def to_text(html: str) -> str:
    """The plain-text twin of sanitized HTML: what search, excerpts and mails read."""
    if not html:
        return ""
    lines = (line.rstrip() for line in get_text(html, _text_config).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def excerpt(text: str, length: int = 160) -> str:
    """The beginning of a plain text on one line, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[:length].rsplit(" ", 1)[0].rstrip(",.;:") + "…"
