"""The parts of a mail: its texts, and the files that may be kept of it."""

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email.message import Message

from django.core.files import File
from django.utils.translation import gettext as _

from cohort.files import CheckedFile, FileRefused, check_upload
from cohort.mails.charsets import header_text, to_text
from cohort.mails.cleaning import unflow

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


def leaves(message: Message, depth: int = 0) -> Iterator[Message]:
    """The leaves of a mail; of alternatives the plain one, where it says anything."""
    if not message.is_multipart() or message.get_content_type() == "message/rfc822":
        yield message
        return
    if depth > _TOO_DEEP:
        return
    parts = [part for part in message.get_payload() if isinstance(part, Message)]
    if message.get_content_type() == "multipart/alternative":
        plain = [part for part in parts if part.get_content_type() == "text/plain"]
        if any((plain_text(part) or "").strip() for part in plain):
            # The other versions of the text go, the files that came within them do not.
            yield plain[0]
            for part in parts:
                inner = leaves(part, depth + 1) if part.is_multipart() else iter(())
                yield from (leaf for leaf in inner if not is_text(leaf))
            return
    for part in parts:
        yield from leaves(part, depth + 1)


def is_text(part: Message) -> bool:
    return part.get_content_type() in ("text/plain", "text/html") and not _is_file(part)


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(name_of(part))


def name_of(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except Exception:  # names in broken RFC 2231 parts
        return ""
    return header_text(str(name).encode("utf-8", "surrogateescape"))


def plain_text(part: Message) -> str:
    """The text of a part that is plain text; empty for all others."""
    if part.get_content_type() != "text/plain" or part.is_multipart() or _is_file(part):
        return ""
    text = decoded(part)
    if str(part.get_param("format", "")).lower() == "flowed":
        text = unflow(text, deletes_space=str(part.get_param("delsp", "")).lower() == "yes")
    return text


def decoded(part: Message) -> str:
    charset = part.get_param("charset", "")
    claimed = charset[2] if isinstance(charset, tuple) else str(charset)
    return to_text(bytes_of(part), claimed)


def bytes_of(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


@dataclass
class Files:
    """The files of a mail that may be kept, and what became of the others, in words."""

    kept: list[CheckedFile] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def discard(self) -> None:
        for checked in self.kept:
            checked.file.close()


@dataclass(frozen=True)
class Limits:
    """How many files are taken of a mail, and of how many bytes all together."""

    files: int
    total: int | None = None
    too_many: str = "{name}: there is room for {most} files."
    too_large: str = "{name}: all files together are too large."


def files_of(parts: Iterable[Message], limits: Limits) -> Files:
    """Every part that is a file, checked as an upload is. Pictures that only decorate are left."""
    files = Files()
    for part in parts:
        if not is_text(part):
            _add_file(files, part, limits)
    return files


def _add_file(files: Files, part: Message, limits: Limits) -> None:
    kind = part.get_content_type()
    name = name_of(part)
    if kind in _SILENT or kind.startswith("multipart/") or name.lower().endswith((".ics", ".p7s")):
        return
    if kind == "message/rfc822":
        files.notes.append(str(_("A mail attached to it is left out.")))
        return
    data = bytes_of(part)
    if not data or _is_decoration(part, len(data)):
        return
    shown = name or str(_("A file"))
    if len(files.kept) >= limits.files:
        files.notes.append(str(limits.too_many).format(name=shown, most=limits.files))
        return
    if limits.total and len(data) + sum(file.size for file in files.kept) > limits.total:
        files.notes.append(str(limits.too_large).format(name=shown))
        return
    try:
        checked = check_upload(_on_disk(data, name or _default_name(kind)))
    except FileRefused as refused:
        files.notes.append(f"{name or kind}: {refused}")
        return
    if checked.type.family == "picture" and _is_within(part) and _is_tiny(checked):
        return
    files.kept.append(checked)


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
