"""From the content files' plain words to the rich text that the product keeps."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cohort.richtext import from_plain, sanitize, to_text

_LIBRARY_LINK = re.compile(r"\[\[lib:([a-z0-9-]+)\|([^\]]+)\]\]")
_EMPHASIS = re.compile(r"(?<![\w*])\*([^\s*][^*<\n]*)\*(?!\*)")


@dataclass(frozen=True)
class RichText:
    html: str
    text: str


def rich(words: str, addresses: Mapping[str, str] | None = None) -> RichText:
    """Rich text and its twin. `[[lib:key|label]]` becomes a link to `addresses[key]`."""
    html = _EMPHASIS.sub(r"<em>\1</em>", from_plain(words))

    def link(match: re.Match[str]) -> str:
        return f'<a href="{(addresses or {})[match[1]]}">{match[2]}</a>'

    html = sanitize(_LIBRARY_LINK.sub(link, html))
    return RichText(html, to_text(html))
