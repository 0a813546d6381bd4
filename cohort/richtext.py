"""Rich text: the one place that says which HTML a person's words may hold.

Stored as sanitized HTML with a plain-text twin for search, excerpts and mail.
"""

import re
from collections.abc import Callable
from functools import partial
from html.parser import HTMLParser

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


# Beyond it tags go and their text stays: no reader sees so many indents, and parsers choke.
DEEPEST = 24
MOST_ROUNDS = 6

_clean = partial(
    nh3.clean,
    tags=TAGS,
    attributes=ATTRIBUTES,
    url_schemes=SCHEMES,
    clean_content_tags={
        "iframe", "math", "noscript", "object", "script", "style", "svg", "template", "textarea",
        "title", "xml",
    },
    link_rel="nofollow noopener noreferrer",
    strip_comments=True,
)  # fmt: skip
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

# What word processors and other editors call the same things.
_ALIASES = {
    "b": "strong", "i": "em", "strike": "s", "h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3",
    "div": "p", "section": "p", "article": "p", "dt": "p", "dd": "p",
    # Its content goes, as theirs does, but no parser reads it by rules of its own.
    "svg": "xml", "math": "xml",
}  # fmt: skip
_ALIAS = re.compile(rf"<(/?)({'|'.join(_ALIASES)})(?=[\s/>])", re.IGNORECASE)
# Google Docs wraps all that is copied in a <b> that is not bold.
_NOT_BOLD = re.compile(r"<b\b(?=[^<>]{0,300}font-weight:\s*normal)[^<>]{0,600}>", re.IGNORECASE)
_EMPTY_PARAGRAPH = re.compile(r"<p>(?:\s|&nbsp;|<br>)*</p>")
_NO_SOURCE = re.compile(r"<img(?![^>]* src=)[^>]*>")
_NO_WORDS = re.compile(r"<img(?![^>]* alt=)")
# All but those that a parser ends where the next one begins, and those that hold nothing.
_NESTING = re.compile(
    r"<(/?)(?!(?:area|base|br|col|embed|hr|img|input|li|link|meta|p|param|source|tbody|td|tfoot|th|"
    r"thead|tr|track|wbr)[\s/>])[a-z][^\s/<>]*([^<>]{0,1000}>)?",
    re.IGNORECASE,
)


def sanitize(html: str) -> str:
    """Keep what the allow-list names; everything else loses its tags, scripts their text too."""
    return _tidy(html, _clean)


def sanitize_post(html: str) -> str:
    """The same for posts, which may hold pictures put into them here, and mentions."""
    return _tidy(html, lambda html: _with_words(_clean_post(html)))


def _with_words(html: str) -> str:
    """No picture without its source, none without words for those who cannot see it."""
    return _NO_WORDS.sub('<img alt=""', _NO_SOURCE.sub("", html))


def _tidy(html: str, clean: Callable[[str], str]) -> str:
    html = _NOT_BOLD.sub("<span>", _CONTROL.sub("", html))
    html = _ALIAS.sub(lambda tag: f"<{tag[1]}{_ALIASES[tag[2].lower()]}", html)
    # Tags that went may leave others where a browser would read them differently: once more then.
    for _round in range(MOST_ROUNDS):
        before, html = html, _EMPTY_PARAGRAPH.sub("", clean(_flat(html))).strip()
        if html == before:
            break
    return html


def _flat(html: str) -> str:
    """Without the tags deeper within others than `DEEPEST`; odd ones become empty, to go later."""
    depth = 0

    def keep(tag: re.Match[str]) -> str:
        nonlocal depth
        if tag[1]:
            is_kept = depth <= DEEPEST
            depth = max(0, depth - 1)
        else:
            depth += 1
            is_kept = depth <= DEEPEST
        if is_kept:
            return tag[0]
        return "" if tag[2] else f"<{tag[1]}wbr"

    return _NESTING.sub(keep, html)


def from_plain(text: str, *, clean: Callable[[str], str] = sanitize) -> str:
    """HTML for text typed without an editor: paragraphs, quotes (>), lists (-, 1.), links.

    Reads what `to_plain` writes; pictures with `clean=sanitize_post`.
    """
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    blocks = re.split(r"\n\s*\n", text)
    return clean("".join(_block(block.split("\n")) for block in blocks if block.strip()))


def _block(lines: list[str]) -> str:
    if len(lines) == 1 and lines[0].startswith("## "):
        return f"<h2>{_inline(lines[0][3:])}</h2>"
    if all(_LIST_ITEM.match(line) for line in lines):
        kind = "ol" if lines[0][0].isdigit() else "ul"
        items = "".join(f"<li>{_inline(_LIST_ITEM.sub('', line))}</li>" for line in lines)
        return f"<{kind}>{items}</{kind}>"
    if all(line.startswith(">") for line in lines):
        inner = "<br>".join(_inline(line[1:].strip()) for line in lines)
        return f"<blockquote><p>{inner}</p></blockquote>"
    return f"<p>{'<br>'.join(_inline(line) for line in lines)}</p>"


# [words](address), and ![what it shows](address) for a picture.
_NAMED_LINK = re.compile(r"(!?)\[([^\[\]\n]{0,400})\]\(((?:https?://|/c/)[^\s()<>]{1,600})\)")


def _inline(line: str) -> str:
    parts, place = [], 0
    for link in _NAMED_LINK.finditer(line):
        parts += [_words(line[place : link.start()]), _named_link(link)]
        place = link.end()
    return "".join([*parts, _words(line[place:])])


def _named_link(link: re.Match[str]) -> str:
    words, address = escape(link[2]), escape(link[3])
    if link[1]:
        return f'<img src="{address}" alt="{words}">'
    return f'<a href="{address}">{words or address}</a>'


def _words(text: str) -> str:
    html = urlize(escape(text), autoescape=False)
    return re.sub(r"\*\*([^*\n]{1,400})\*\*", r"<strong>\1</strong>", html)


class _PlainWriter(HTMLParser):
    """Writes sanitized HTML as text that `from_plain` reads."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = [""]
        self.lists: list[int | None] = []
        self.quotes = 0
        self.href = ""
        self.link_at = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        match tag:
            case "strong":
                self.blocks[-1] += "**"
            case "img":
                self.blocks[-1] += f"![{given.get('alt') or ''}]({given.get('src')})"
            case "a" if given.get("class") != "mention":
                self.href, self.link_at = given.get("href") or "", len(self.blocks[-1])
            case "td" | "th" if not self.blocks[-1].endswith("\n"):
                self.blocks[-1] += " | "
            case _:
                self._begin_block(tag)

    def _begin_block(self, tag: str) -> None:
        match tag:
            case "ul" | "ol":
                self._begin("")
                self.lists.append(1 if tag == "ol" else None)
            case "li":
                self._item()
            case "tr":
                self._line("")
            case "p" | "pre" | "table" if not self.lists:
                self._begin("> " if self.quotes else "")
            case "h2" | "h3":
                self._begin("## ")
            case "blockquote":
                self.quotes += 1
            case "br":
                self._line("> " if self.quotes else "")

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "ul" | "ol" if self.lists:
                self.lists.pop()
                self.blocks.append("")
            case "blockquote":
                self.quotes -= 1
            case "strong":
                self.blocks[-1] += "**"
            case "a" if self.href:
                self._end_link()

    def handle_data(self, data: str) -> None:
        self.blocks[-1] += data

    def _begin(self, start: str) -> None:
        self.blocks.append(start)

    def _line(self, start: str) -> None:
        self.blocks[-1] += f"\n{start}"

    def _item(self) -> None:
        number = self.lists[-1] if self.lists else None
        if number is not None:
            self.lists[-1] = number + 1
        mark = f"{number}. " if number is not None else "- "
        self.blocks[-1] += mark if not self.blocks[-1] else f"\n{mark}"

    def _end_link(self) -> None:
        block, words = self.blocks[-1][: self.link_at], self.blocks[-1][self.link_at :]
        is_bare = words in (self.href, self.href.split("://")[-1])
        self.blocks[-1] = block + (self.href if is_bare else f"[{words}]({self.href})")
        self.href = ""


def to_plain(html: str) -> str:
    """Sanitized HTML as one would type it without an editor. Tables lose their frame."""
    writer = _PlainWriter()
    writer.feed(html)
    writer.close()
    return "\n\n".join(block.strip() for block in writer.blocks if block.strip("> \n"))


_text_config = ParserConfig(display_links=False)
# A table is laid out with spaces: thousands of rows as wide as the longest cell fill all memory.
MOST_LAID_OUT = 10_000_000
_CELL = re.compile(r"<t[dhr]\b")
_TABLE = re.compile(r"<(/?)(table|tbody|td|th|thead|tr)\b[^<>]*>")


def to_text(html: str) -> str:
    """The plain-text twin of sanitized HTML: what search, excerpts and mails read."""
    if not html:
        return ""
    if len(_CELL.findall(html)) * len(html) > MOST_LAID_OUT:
        html = _TABLE.sub(lambda tag: "<br>" if tag[2] == "tr" and tag[1] else " ", html)
    lines = (line.rstrip() for line in get_text(html, _text_config).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def excerpt(text: str, length: int = 160) -> str:
    """The beginning of a plain text on one line, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[:length].rsplit(" ", 1)[0].rstrip(",.;:") + "…"
