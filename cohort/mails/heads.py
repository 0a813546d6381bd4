"""What the head of a mail says: who wrote it, when, and what it answers. Nothing here raises."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from cohort.addresses import canonical_address
from cohort.mails.charsets import header_text

Fields = dict[str, list[bytes]]

FIRST_YEAR = 1980
MOST_PARENTS = 60
LONGEST_NAME = 120
_ID = re.compile(rb"<\s*([^<>\s]{1,500})\s*>")
_BARE_ID = re.compile(rb"[^<>\s]{1,500}@[^<>\s]{1,500}")
# What Mailman's web archives make of an address: "ana at example.org (Ana Ruiz)".
_HIDDEN = re.compile(r"^\s*\"?([^\s\"<>()]+) at ([^\s\"<>()]+)\"?\s*(?:\((.*)\))?\s*$")
_VIA = re.compile(r"^['\"]?(.+?)['\"]?\s+via\s+\S.*$", re.IGNORECASE)
_ENVELOPE_DATE = re.compile(rb"^From \S+(?: at \S+)?\s+(.*?)\s*$")
_ENVELOPE_ORDER = re.compile(
    r"(?P<day>[A-Z][a-z]{2}) (?P<month>[A-Z][a-z]{2}) +(?P<number>\d{1,2}) "
    r"(?P<time>\d{1,2}:\d\d(?::\d\d)?) (?P<zone>[+-]\d{4} )?(?P<year>\d{4})"
)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_ADDRESS_LIKE = re.compile(r"\S+@\S+|\S+ at \S+\.\w+")


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a mail: the name that they gave, and addresses to find their account by."""

    name: str
    addresses: tuple[str, ...]


def head_of(raw: bytes) -> bytes:
    """A mail's bytes up to the empty line that ends its head."""
    end = _HEAD_END.search(raw)
    return raw[: end.start()] if end else raw


def pairs_of(head: bytes) -> list[tuple[str, bytes]]:
    """Header fields from the top, names in lower case, folded lines put together."""
    pairs: list[tuple[str, bytes]] = []
    is_open = False
    for line in head.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"):
        if line[:1] in b" \t" and line and is_open:
            name, value = pairs[-1]
            pairs[-1] = name, value + b" " + line.strip()
            continue
        raw_name, colon, value = line.partition(b":")
        name = raw_name.decode("ascii", "replace").strip().lower() if colon else ""
        is_open = bool(name)
        if name:
            pairs.append((name, value.strip()))
    return pairs


def fields_of(head: bytes) -> Fields:
    """Header fields by lower-case name, folded lines put together."""
    fields: Fields = {}
    for name, value in pairs_of(head):
        fields.setdefault(name, []).append(value)
    return fields


def text(fields: Fields, name: str) -> str:
    return header_text(fields[name][0]) if name in fields else ""


def message_id(fields: Fields) -> str:
    """Without its brackets; empty if there is none."""
    raw = fields.get("message-id", [b""])[0]
    found = _ID.search(raw) or _BARE_ID.search(raw)
    return found[found.lastindex or 0].decode("utf-8", "replace") if found else ""


def parents(fields: Fields) -> list[str]:
    """Whom the mail answers, the nearest last (RFC 5322 §3.6.4).

    In-Reply-To counts where References do not end with it; what is no id in it is somebody's words.
    """
    references = b" ".join(fields.get("references", []))
    found = [each.decode("utf-8", "replace") for each in _ID.findall(references)]
    replied = [
        each.decode("utf-8", "replace")
        for each in _ID.findall(b" ".join(fields.get("in-reply-to", [])))
    ]
    if len(replied) == 1 and replied[0] not in found:
        found.append(replied[0])
    return list(dict.fromkeys(reversed(found)))[:MOST_PARENTS][::-1]


def is_automatic(fields: Fields) -> bool:
    """Out-of-office notes, bounces and the like (RFC 3834 §5)."""
    submitted = text(fields, "auto-submitted").lower()
    kind = text(fields, "content-type").lower()
    return (
        submitted.startswith(("auto-replied", "auto-generated"))
        or text(fields, "precedence").lower() == "auto_reply"
        or kind.startswith("multipart/report")
        or "x-autoreply" in fields
        or "x-autorespond" in fields
    )


def list_name(fields: Fields) -> str:
    """What the list is called in its own address, in lower case."""
    listed = text(fields, "list-id") or text(fields, "list-post")
    found = re.search(r"<(?:mailto:)?([^<>.@\s]+)[.@]", listed)
    return found[1].lower() if found else ""


# ---------------------------------------------------------------- who


def author(fields: Fields) -> Author:
    """Who wrote it, also where the list put its own address in their place.

    Groups that do so keep the first sender in X-Original-From, X-Original-Sender or Reply-To.
    """
    name, address = _mailbox(text(fields, "from"))
    via = _VIA.match(name)
    if not via and "x-original-from" not in fields:
        sender = _person(fields, "x-original-sender", but=address)[1] if not address else ""
        return Author(_shown(name), tuple(filter(None, (address, sender))))
    the_list = {address, _list_address(fields)}
    for header in ("x-original-from", "reply-to", "x-original-sender"):
        real_name, real_address = _person(fields, header, but=address)
        if real_address and real_address not in the_list:
            return Author(_shown(real_name or (via[1] if via else name)), (real_address,))
    return Author(_shown(via[1] if via else name), ())


def _person(fields: Fields, header: str, *, but: str) -> tuple[str, str]:
    """The first mailbox in a header that is not this address."""
    for mailbox in _mailboxes(text(fields, header)):
        if mailbox[1] and mailbox[1] != but:
            return mailbox
    return "", ""


def _list_address(fields: Fields) -> str:
    found = re.search(r"<mailto:([^<>?\s]+)", text(fields, "list-post"))
    return canonical_address(found[1]) if found else ""


def addresses(fields: Fields, name: str) -> list[str]:
    """All addresses in the fields of that name, in their canonical form."""
    values = fields.get(name, [])[:20]
    found = [address for value in values for _name, address in _mailboxes(header_text(value))]
    return list(dict.fromkeys(filter(None, found)))


def _mailbox(value: str) -> tuple[str, str]:
    found = _mailboxes(value)
    return found[0] if found else (value, "")


def _mailboxes(value: str) -> list[tuple[str, str]]:
    if hidden := _HIDDEN.match(value):
        return [(hidden[3] or "", _address(f"{hidden[1]}@{hidden[2]}"))]
    with suppress(Exception):  # made-up headers find their way through any parser
        return [(name, _address(address)) for name, address in getaddresses([value[:2000]])]
    return []


def _address(value: str) -> str:
    """In the form in which accounts have theirs; empty for what is no address."""
    address = canonical_address(value)
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address


def _shown(name: str) -> str:
    """A name to show. Never an address: those who have no account here gave theirs to the list."""
    name = " ".join(_ADDRESS_LIKE.sub(" ", name).split()).strip(" '\"<>()[],;")
    return name[:LONGEST_NAME]


# ---------------------------------------------------------------- when


def date(fields: Fields, envelope: bytes) -> datetime | None:
    """The first that can be a date: Date, when it was received, the envelope."""
    received = [value.rpartition(b";")[2] for value in fields.get("received", [])[:5]]
    stamp = _ENVELOPE_DATE.match(envelope)
    for raw in (*fields.get("date", [])[:1], *received, *([stamp[1]] if stamp else [])):
        moment = _moment(raw.decode("ascii", "replace"))
        if moment:
            return moment
    return None


def _moment(value: str) -> datetime | None:
    if envelope := _ENVELOPE_ORDER.search(value):
        part = envelope.groupdict()
        value = "{day}, {number} {month} {year} {time} {zone}".format(
            **{**part, "zone": part["zone"] or "+0000"}
        )
    try:
        moment = parsedate_to_datetime(value)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except Exception:  # made-up dates break it in many ways
        return None
    return moment if moment.year >= FIRST_YEAR and moment <= datetime.now(UTC) else None
