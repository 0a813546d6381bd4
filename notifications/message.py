"""From a composed mail to the message that is handed to the mail server: headers and parts."""

import re
import unicodedata
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from notifications import registry, unsubscribe
from notifications.models import Delivery
from notifications.registry import Mail

SUBJECT_LIMIT = 150
NAME_LIMIT = 60
# Not "All": that also asks Exchange to drop the bounces we need ([MS-OXCMAIL] §2.1.3.2.20).
NO_ROBOTS = "OOF, AutoReply, RN, NRN"
# What could break a header or turn a name into a look-alike: controls, line and paragraph ends,
# marks that change the direction of writing, and signs of address syntax.
_ADDRESS_SIGNS = re.compile(r"[<>@\"(),:;\\\[\]]+")


def one_line(text: str, limit: int) -> str:
    """A text that is safe as a header: one line, no controls, at most `limit` characters."""
    visible = "".join(
        " " if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Zs") else char
        for char in text
    )
    words = " ".join(visible.split())
    return words if len(words) <= limit else f"{words[: limit - 1].rstrip()}…"


def build(delivery: Delivery, mail: Mail, address: str) -> EmailMultiAlternatives:
    """The message for one delivery, to one address, complete with its headers."""
    message = EmailMultiAlternatives(
        subject=one_line(mail.subject, SUBJECT_LIMIT),
        body=mail.text,
        from_email=_sender(delivery, mail),
        to=[address],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers=_headers(delivery, mail),
    )
    message.attach_alternative(mail.html, "text/html")
    if mail.calendar:
        method, calendar = mail.calendar
        # Last, and without a charset of its own: Django adds one (RFC 6047 §2.4).
        message.attach_alternative(calendar.decode(), f"text/calendar; method={method}")
    return message


def _sender(delivery: Delivery, mail: Mail) -> str:
    name = mail.author or (delivery.cohort.name if delivery.cohort else "")
    name = one_line(_ADDRESS_SIGNS.sub(" ", name), NAME_LIMIT)
    site = settings.SITE_NAME
    return formataddr((f"{name} via {site}" if name else site, settings.MAIL_FROM[mail.sender]))


def _headers(delivery: Delivery, mail: Mail) -> dict[str, str]:
    headers = {"Message-ID": delivery.message_id, "X-Auto-Response-Suppress": NO_ROBOTS}
    topic = registry.kinds[delivery.kind].topic
    if topic and delivery.cohort and delivery.recipient_id:
        list_id = mail.list_id or f"{delivery.cohort.slug}.{topic}.{settings.MAIL_DOMAIN}"
        headers["List-Id"] = f"<{list_id}>"
        # RFC 2369 §3.2 and, for the button that mail programs show, RFC 8058.
        headers["List-Unsubscribe"] = ", ".join(
            f"<{way}>" for way in unsubscribe.ways_for(delivery.recipient_id, topic)
        )
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if topic and mail.is_talk:
        headers["Precedence"] = "list"
    elif mail.sender != "calendar":
        headers["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5
    return headers | mail.headers
