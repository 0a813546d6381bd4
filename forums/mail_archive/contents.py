"""What a mail holds: its words as HTML, and its files."""

import email
from dataclasses import dataclass, field
from email.message import Message
from email.policy import compat32

from cohort import richtext
from cohort.files import CheckedFile
from cohort.mails.cleaning import clean_text
from cohort.mails.pages import clean_html
from cohort.mails.parts import Limits, decoded, files_of, is_text, leaves, plain_text

# Search takes no more of a text, and nobody writes as much.
MOST_TEXT = 100_000
MOST_HTML = 2 * MOST_TEXT
FILES = Limits(30, too_many="{name}: a post holds {most} files at most.")


class LeftOut(Exception):
    """Why a mail is not taken in, in words."""


@dataclass
class Content:
    html: str
    files: list[CheckedFile] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_content(raw: bytes) -> Content:
    """A mail's own words and files. Raises LeftOut."""
    message = email.message_from_bytes(raw, policy=compat32)
    if message.get_content_type() == "multipart/encrypted":
        raise LeftOut("It is encrypted.")
    content = Content("")
    parts = list(leaves(message))
    content.html = _words([part for part in parts if is_text(part)], content.notes)
    files = files_of(parts, FILES)
    content.files = files.kept
    content.notes += files.notes
    if not content.html and not content.files:
        raise LeftOut("; ".join(["There is nothing in it.", *content.notes]))
    return content


def _words(parts: list[Message], notes: list[str]) -> str:
    """All texts of a mail after each other: lists add their footers as parts of their own."""
    pieces, plain = [], []
    for part in parts:
        if part.get_content_type() == "text/plain":
            plain.append(plain_text(part))
            continue
        pieces += [_from_plain(plain, notes), _shortened(clean_html(decoded(part)), notes)]
        plain = []
    return "".join([*pieces, _from_plain(plain, notes)])


def _from_plain(texts: list[str], notes: list[str]) -> str:
    text = clean_text("\n\n".join(texts))
    if len(text) > MOST_TEXT:
        notes.append(f"Only its first {MOST_TEXT:,} characters are kept.")
    return richtext.from_plain(text[:MOST_TEXT])


def _shortened(html: str, notes: list[str]) -> str:
    if len(html) <= MOST_HTML:
        return html
    notes.append(f"Only its first {MOST_TEXT:,} characters are kept, as plain text.")
    return richtext.from_plain(richtext.to_text(html)[:MOST_TEXT])


def discard_files(content: Content) -> None:
    for checked in content.files:
        checked.file.close()
