"""What a mail holds: its words as HTML, and its files."""

import email
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.policy import compat32

from django.core.files import File

from cohort import richtext
from cohort.files import CheckedFile, FileRefused, check_upload
from forums.mail_archive.charsets import header_text, to_text
from forums.mail_archive.cleaning import clean_text, unflow
from forums.mail_archive.pages import clean_html

# Search takes no more of a text, and nobody writes as much.
MOST_TEXT = 100_000
MOST_HTML = 2 * MOST_TEXT
MOST_FILES = 30
# Pictures within the text that are smaller belong to a signature or count who reads.
SMALLEST_PICTURE = 20 * 1024
SMALLEST_SIDE = 80  # pixels
_SILENT = {
    "application/pgp-signature",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/ms-tnef",
    "text/calendar",
    "application/ics",
    "text/x-vcard",
    "text/vcard",
    "text/x-amp-html",
}
_TOO_DEEP = 40


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
    parts = list(_parts(message))
    content.html = _words([part for part in parts if _is_text(part)], content.notes)
    for part in parts:
        if not _is_text(part):
            _add_file(content, part)
    if not content.html and not content.files:
        raise LeftOut("; ".join(["There is nothing in it.", *content.notes]))
    return content


def _parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """The leaves of a mail; of alternatives the plain one, where it says anything."""
    if not message.is_multipart() or message.get_content_type() == "message/rfc822":
        yield message
        return
    if depth > _TOO_DEEP:
        return
    parts = [part for part in message.get_payload() if isinstance(part, Message)]
    if message.get_content_type() == "multipart/alternative":
        plain = [part for part in parts if part.get_content_type() == "text/plain"]
        if any((_plain(part) or "").strip() for part in plain):
            # The other versions of the text go, the files that came within them do not.
            yield plain[0]
            for part in parts:
                inner = _parts(part, depth + 1) if part.is_multipart() else iter(())
                yield from (leaf for leaf in inner if not _is_text(leaf))
            return
    for part in parts:
        yield from _parts(part, depth + 1)


def _is_text(part: Message) -> bool:
    return part.get_content_type() in ("text/plain", "text/html") and not _is_file(part)


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_name(part))


def _name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except Exception:  # names in broken RFC 2231 parts
        return ""
    return header_text(str(name).encode("utf-8", "surrogateescape"))


# ---------------------------------------------------------------- words


def _words(parts: list[Message], notes: list[str]) -> str:
    """All texts of a mail after each other: lists add their footers as parts of their own."""
    pieces, plain = [], []
    for part in parts:
        if part.get_content_type() == "text/plain":
            plain.append(_plain(part))
            continue
        pieces += [_from_plain(plain, notes), _shortened(clean_html(_decoded(part)), notes)]
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


def _plain(part: Message) -> str:
    """The text of a part that is plain text; empty for all others."""
    if part.get_content_type() != "text/plain" or part.is_multipart() or _is_file(part):
        return ""
    text = _decoded(part)
    if str(part.get_param("format", "")).lower() == "flowed":
        text = unflow(text, deletes_space=str(part.get_param("delsp", "")).lower() == "yes")
    return text


def _decoded(part: Message) -> str:
    charset = part.get_param("charset", "")
    claimed = charset[2] if isinstance(charset, tuple) else str(charset)
    return to_text(_bytes(part), claimed)


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


# ---------------------------------------------------------------- files


def _add_file(content: Content, part: Message) -> None:
    kind = part.get_content_type()
    name = _name(part)
    if kind in _SILENT or kind.startswith("multipart/") or name.lower().endswith((".ics", ".p7s")):
        return
    if kind == "message/rfc822":
        content.notes.append("A mail attached to it is left out.")
        return
    data = _bytes(part)
    if not data or _is_decoration(part, len(data)):
        return
    if len(content.files) >= MOST_FILES:
        content.notes.append(f"{name or 'A file'}: a post holds {MOST_FILES} files at most.")
        return
    try:
        checked = check_upload(_on_disk(data, name or _default_name(kind)))
    except FileRefused as refused:
        content.notes.append(f"{name or kind}: {refused}")
        return
    if checked.type.family == "picture" and _is_within(part) and _is_tiny(checked):
        return
    content.files.append(checked)


def _on_disk(data: bytes, name: str) -> File:
    """As a file of its own, so that big ones do not stay in memory."""
    kept = tempfile.TemporaryFile()  # noqa: SIM115 (closed when it was stored)
    kept.write(data)
    kept.seek(0)
    file = File(kept, name=name)
    file.size = len(data)
    return file


def _default_name(kind: str) -> str:
    ending = {"text/csv": "csv", "text/markdown": "md"}.get(kind, "txt")
    return f"attachment.{ending}"


def _is_within(part: Message) -> bool:
    """Shown within the text rather than attached to it."""
    return "content-id" in part or part.get_content_disposition() == "inline"


def _is_decoration(part: Message, size: int) -> bool:
    is_picture = part.get_content_maintype() == "image"
    return is_picture and _is_within(part) and size < SMALLEST_PICTURE


def _is_tiny(checked: CheckedFile) -> bool:
    return min(checked.width, checked.height) < SMALLEST_SIDE


def discard_files(content: Content) -> None:
    for checked in content.files:
        checked.file.close()
