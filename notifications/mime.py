"""A message as the bytes that go over the wire (RFC 5322, RFC 2045), made straight from its parts.

Python's own generator takes most of what a mail costs, for cases that do not occur here: a mail has
text parts that are alternatives of one another, one recipient, and headers of one line each. All of
it is ASCII, so that it needs nothing of a server, and no relay on its way has a reason to write it
anew, which would break its signature.
"""

import binascii
import re
import uuid
from collections.abc import Iterator
from email.header import Header, decode_header, make_header
from email.utils import formataddr, formatdate, parseaddr
from functools import lru_cache

from django.core.mail import BadHeaderError, EmailMultiAlternatives
from django.core.mail.message import sanitize_address

LINE_LIMIT = 998  # RFC 5322 §2.1.1
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")
_LINE_END = re.compile(r"\r\n?|\n")
_UNPRINTABLE = re.compile(rb"[^\t\n\x20-\x7e]")


def as_bytes(message: EmailMultiAlternatives) -> bytes:
    """The whole message. Raises ValueError for a header or an address that cannot be written."""
    # Chosen, not looked for in the texts: 122 random bits do not occur in them.
    boundary = f"=_{uuid.uuid4().hex}"
    head = "\r\n".join(
        [
            f'Content-Type: multipart/alternative; boundary="{boundary}"',
            "MIME-Version: 1.0",
            *_headers(message),
        ]
    )
    dash = f"\r\n--{boundary}".encode()
    parts = (_part(kind, content) for kind, content in _contents(message))
    body = b"".join(dash + b"\r\n" + part for part in parts)
    return head.encode("ascii") + b"\r\n" + body + dash + b"--\r\n"


def bare_address(address: str) -> str:
    """An address as it stands in the envelope: without a name, and in ASCII."""
    if _PLAIN_ADDRESS.fullmatch(address):
        return address
    # Django would write a name beyond ASCII as an encoded word, which means another mailbox.
    address.rpartition("@")[0].encode("ascii")
    return parseaddr(sanitize_address(address, "utf-8"))[1]


def _headers(message: EmailMultiAlternatives) -> Iterator[str]:
    yield _header("Subject", str(message.subject))
    yield f"From: {_named(str(message.from_email))}"
    yield f"To: {', '.join(bare_address(address) for address in message.to)}"
    if message.reply_to:
        yield f"Reply-To: {', '.join(_named(address) for address in message.reply_to)}"
    yield f"Date: {formatdate()}"
    for name, value in message.extra_headers.items():
        yield _header(name, str(value))


def _header(name: str, value: str) -> str:
    """One header. One in ASCII is not folded: before one long word, such as an address in
    List-Unsubscribe, some mail programs do not find it.
    """
    if _LINE_END.search(value) or len(value) > LINE_LIMIT - len(name) - 2:
        raise BadHeaderError(f"{name} is longer than a line: {value[:200]!r}")
    return f"{name}: {value if value.isascii() else _encoded(value, name)}"


def _encoded(words: str, header: str) -> str:
    """Encoded words of the length that is allowed, one on each line (RFC 2047 §2)."""
    return Header(words, "utf-8", header_name=header).encode(linesep="\r\n")


@lru_cache(maxsize=1_000)
def _named(address: str) -> str:
    """An address with its name."""
    name, bare = parseaddr(address)
    words = " ".join(str(make_header(decode_header(name))).split())
    if words.isascii():
        return formataddr((words, bare_address(bare)))
    return f"{_encoded(words, 'Reply-To')} <{bare_address(bare)}>"


def _contents(message: EmailMultiAlternatives) -> Iterator[tuple[str, str]]:
    yield "text/plain", str(message.body)
    for content, kind in message.alternatives:
        yield str(kind), str(content)


def _part(kind: str, content: str) -> bytes:
    """One alternative, in lines of a lawful length that end as mail's do."""
    lines = _LINE_END.sub("\n", content).encode()
    coding = "7bit"
    if _UNPRINTABLE.search(lines) or max(map(len, lines.split(b"\n"))) > LINE_LIMIT:
        lines, coding = binascii.b2a_qp(lines, istext=True), "quoted-printable"
    head = f'Content-Type: {kind}; charset="utf-8"\r\nContent-Transfer-Encoding: {coding}\r\n\r\n'
    return head.encode("ascii") + lines.replace(b"\n", b"\r\n")
