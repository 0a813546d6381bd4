"""Full-text search as every room uses it: what people type, and passages with what matched."""

import re

from django.contrib.postgres.search import SearchQuery
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

LONGEST_QUERY = 200
# Characters no text holds (they are stripped on the way in) mark what matched, until it is escaped.
START, STOP = "\x02", "\x03"
LAST_WORD = re.compile(r"^(?:(?P<head>.*)\s)?(?P<word>\w{2,})$", re.DOTALL)


def search_query(text: str) -> SearchQuery | None:
    """What PostgreSQL looks for, or None when there is nothing to look for."""
    text = " ".join(text.replace("\0", " ").split())[:LONGEST_QUERY]
    if not text:
        return None
    words = SearchQuery(text, config="english", search_type="websearch")
    last = LAST_WORD.match(text)
    if last is None or '"' in text or re.search(r"\bor\b", text, re.IGNORECASE):
        return words
    beginning = SearchQuery(f"'{last['word']}':*", config="english", search_type="raw")
    if last["head"] is None:
        return beginning
    return SearchQuery(last["head"], config="english", search_type="websearch") & beginning


def marked(text: str) -> SafeString:
    """A passage as HTML, what matched in <mark>."""
    html = escape(" ".join(text.split()))
    return mark_safe(html.replace(START, "<mark>").replace(STOP, "</mark>"))  # noqa: S308
