"""Rich text as Markdown, for files that one keeps: whatever a text says, it stays a text there.

Signs that mean something in Markdown are escaped, addresses and code cannot end early, and
headings stand below those of the file.
"""

import re
from typing import Any
from urllib.parse import quote

from markdownify import MarkdownConverter

# Of a text that stands in a file's own lines; within rich text the converter escapes.
_SIGNS = re.compile(r"[\\`*_\[\]<>#|]")
# What ends an address in Markdown.
_ENDS_ADDRESS = re.compile(r"[\s\\`<>()\[\]]")
_TICKS = re.compile(r"`+")
# The file's title and the name above each text.
HEADINGS_ABOVE = 2


def to_markdown(html: str) -> str:
    """Sanitized HTML as Markdown."""
    writer = _Writer(heading_style="ATX", bullets="-", escape_misc=True)
    return str(writer.convert(html)).strip()


def plain(text: str) -> str:
    """A line of text whose signs mean nothing in Markdown."""
    return _SIGNS.sub(r"\\\g<0>", " ".join(text.split()))


_Converter: Any = MarkdownConverter  # its types leave out what is to be overridden


class _Writer(_Converter):
    def convert_a(self, el: Any, text: str, parent_tags: set[str]) -> str:
        el["href"] = _ENDS_ADDRESS.sub(lambda sign: quote(sign[0], safe=""), el.get("href", ""))
        return str(super().convert_a(el, text, parent_tags))

    def convert_img(self, el: Any, text: str, parent_tags: set[str]) -> str:
        el["alt"] = plain(el.get("alt", ""))
        return str(super().convert_img(el, text, parent_tags))

    def convert_code(self, el: Any, text: str, parent_tags: set[str]) -> str:
        if "_noformat" not in parent_tags:  # an empty line would end it
            text = re.sub(r"\s*\n\s*", " ", text)
        return str(super().convert_code(el, text, parent_tags))

    def convert_pre(self, el: Any, text: str, parent_tags: set[str]) -> str:
        if not text:
            return ""
        fence = "`" * (1 + max(2, *(len(run) for run in _TICKS.findall(text)), 0))
        return f"\n\n{fence}\n{text.strip(chr(10))}\n{fence}\n\n"

    def convert_hN(self, n: int, el: Any, text: str, parent_tags: set[str]) -> str:  # noqa: N802
        return str(super().convert_hN(n + HEADINGS_ABOVE, el, text, parent_tags))
