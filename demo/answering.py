"""Answering in the demo: what one writes below a mail goes the way of a real answer.

The demo is its own mail server, so that it says itself who wrote.
"""

from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr

from django.conf import settings

from demo.models import Message
from notifications.inbound import mailboxes, storing
from notifications.models import InboundMail


def address_of(message: Message) -> str:
    """Where an answer to a mail goes; empty if nobody takes one."""
    address = parseaddr(str(message.parsed["Reply-To"] or message.parsed["From"] or ""))[1]
    return address if mailboxes.find(address) else ""


def answer(message: Message, words: str) -> InboundMail | None:
    """Send an answer to a mail as its reader's mail program would, the mail quoted below it."""
    kept = storing.take(
        _written(message, words).as_bytes(),
        source="demo",
        recipients=[address_of(message)],
        sender=message.recipients[0],
    )
    return kept[0] if kept else None


def _written(message: Message, words: str) -> EmailMessage:
    ours, reader = message.parsed, message.recipients[0]
    domain = reader.rpartition("@")[2]
    mail = EmailMessage()
    mail["Authentication-Results"] = (
        f"{settings.INBOUND_AUTHSERV_ID}; dmarc=pass header.from={domain}"
    )
    mail["From"], mail["To"] = reader, address_of(message)
    mail["Subject"] = f"Re: {message.subject.removeprefix('Re: ')}"
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain="mail.demo.invalid")
    if before := str(ours["Message-ID"] or ""):
        mail["In-Reply-To"] = before
        mail["References"] = f"{ours['References'] or ''} {before}".strip()
    quoted = "\n".join(f"> {line}" for line in message.text.rstrip().split("\n"))
    who = parseaddr(str(ours["From"]))[0]
    mail.set_content(f"{words}\n\nOn {message.created_at:%b %d, %Y}, {who} wrote:\n{quoted}\n")
    return mail
