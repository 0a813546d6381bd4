"""What somebody wrote in an answer, without our mail below it, their quotes and signatures.

Our own marker is cut at first. Answers between quoted lines stay, each with the paragraph that it
answers. What cannot be cut with confidence is said to be in doubt, and its writer decides.
"""

import re
from dataclasses import dataclass
from email.message import Message

from cohort import richtext
from cohort.logs import without_our_secrets
from cohort.mails.cleaning import is_quoted, own_words
from cohort.mails.pages import own_html
from cohort.mails.parts import decoded, is_text, plain_text
from notifications.inbound.marker import find_marker

MOST_TEXT = 100_000
# Kept of what was written unquoted, or somebody should look at it.
LEAST_KEPT = 0.2
# Of what an answer between the lines is about.
MOST_CONTEXT = 8
_PLACEHOLDER = re.compile(r"^\s*(?:\[(?:image|cid):[^\]]*\]|<image\d+\.\w+>)\s*$", re.IGNORECASE)
_POINTS_BELOW = re.compile(
    r"\b(?:see|answers?|replies|responses?|comments?|respond(?:ed|ing)?|reply(?:ing)?)\b.{0,30}"
    r"\b(?:below|in-?line|in (?:red|blue|green|bold|capitals))\b",
    re.IGNORECASE | re.DOTALL,
)
_EDGE = re.compile(r"^\s{0,3}>[>\s]*$")
_FOOT = re.compile(r"^\s{0,3}>[>\s]*--\s*$")
_SIGNATURE = re.compile(r"^--\s?$")


@dataclass(frozen=True)
class Words:
    """One's own words: plain text, or HTML where there was nothing else. Not sanitized yet."""

    body: str
    is_html: bool
    elided: str  # what was cut off
    is_sure: bool

    @property
    def is_empty(self) -> bool:
        return not self.body.strip()


def read_words(parts: list[Message]) -> Words:
    """The own words of a mail's parts."""
    texts = [part for part in parts if is_text(part)]
    plain = "\n\n".join(filter(str.strip, map(plain_text, texts)))
    if plain.strip():
        return _of_plain(plain[:MOST_TEXT])
    pages = "".join(decoded(part) for part in texts if part.get_content_type() == "text/html")
    return _of_html(pages)


def _of_plain(text: str) -> Words:
    lines = [line for line in text.split("\n") if not _PLACEHOLDER.match(line)]
    marker = find_marker()
    place = next((at for at, line in enumerate(lines) if marker.search(line)), None)
    own, is_sure = _cut(lines, place)
    if not is_sure or not own.strip():
        # All of it: its writer says which words are the answer.
        return Words(without_our_secrets("\n".join(lines).strip()), False, "", is_sure=False)
    return Words(without_our_secrets(own), False, _elided(lines, own), is_sure=True)


def _cut(lines: list[str], place: int | None) -> tuple[str, bool]:
    """One's own words, and whether it is sure that these are all of them."""
    if place is None:
        own = own_words("\n".join(lines))
        return own, _keeps_enough(lines, own)
    if is_quoted(lines[place]) and _has_own_lines(lines[place + 1 :]):
        marker = find_marker()
        return _answers_between([line for line in lines if not marker.search(line)]), True
    # The mark of a quote, so that the words which introduce it are known for what they are.
    own = own_words("\n".join([*lines[:place], ">"]))
    return own, not _POINTS_BELOW.search(own)


def _has_own_lines(lines: list[str]) -> bool:
    """Whether something was written between or below the quotes, but for a signature."""
    for line in lines:
        if _SIGNATURE.match(line):
            return False
        if line.strip() and not is_quoted(line):
            return True
    return False


def _answers_between(lines: list[str]) -> str:
    start = next((at for at, line in enumerate(lines) if is_quoted(line)), 0)
    above = own_words("\n".join([*lines[:start], ">"]))
    return own_words("\n".join([above, "", *_with_little_context(lines[start:])]))


def _with_little_context(lines: list[str]) -> list[str]:
    """Of each quote its last paragraph: what the words below it answer."""
    out: list[str] = []
    quote: list[str] = []
    for line in [*lines, ""]:
        if is_quoted(line):
            quote.append(line)
            continue
        if line.strip() or not quote:
            out += [*_last_paragraph(quote), line]
            quote = []
    return out + quote  # at the end of a mail it answers nothing, and goes with the rest


def _last_paragraph(quote: list[str]) -> list[str]:
    if any(map(_FOOT.match, quote)):
        return []  # all of our mail, with the words below its foot
    while quote and _EDGE.match(quote[-1]):
        quote = quote[:-1]
    start = len(quote)
    while start and not _EDGE.match(quote[start - 1]) and len(quote) - start < MOST_CONTEXT:
        start -= 1
    return quote[start:]


def _keeps_enough(lines: list[str], own: str) -> bool:
    end = next((at for at, line in enumerate(lines) if _SIGNATURE.match(line)), len(lines))
    unquoted = sum(bool(line.strip()) and not is_quoted(line) for line in lines[:end])
    kept = sum(bool(line.strip()) and not is_quoted(line) for line in own.split("\n"))
    return kept >= unquoted * LEAST_KEPT


def _elided(lines: list[str], own: str) -> str:
    kept = iter(own.split("\n"))
    waiting = next(kept, None)
    rest = []
    for line in lines:
        if waiting is not None and line.strip() == waiting.strip():
            waiting = next(kept, None)
        else:
            rest.append(line)
    return without_our_secrets("\n".join(rest).strip())


def _of_html(source: str) -> Words:
    own, whole = own_html(source, find_marker())
    own, whole = without_our_secrets(own), without_our_secrets(whole)
    own_text, whole_text = richtext.to_text(own), richtext.to_text(whole)
    if not own_text.strip():
        return Words(whole, True, "", is_sure=False)
    had_marker = bool(find_marker().search(whole_text))
    is_enough = had_marker or len(own_text) >= len(whole_text) * LEAST_KEPT
    is_sure = is_enough and not (had_marker and _POINTS_BELOW.search(own_text))
    return Words(own, True, _elided(whole_text.split("\n"), own_text), is_sure)
