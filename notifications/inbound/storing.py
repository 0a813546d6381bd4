"""The one way in: a mail is kept before anybody is told that it was taken."""

import hashlib
import logging
from collections.abc import Sequence
from functools import partial

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import F

from cohort.files import discard
from cohort.mails import heads
from cohort.storage import random_name
from notifications import unsubscribe
from notifications.inbound import mailboxes, tasks
from notifications.inbound.mailboxes import Mailbox
from notifications.models import InboundMail

logger = logging.getLogger(__name__)
# Of a mail that is too large only its head is kept.
MOST_HEAD = 256 * 1024
LONGEST_SUBJECT = 200


def take(
    raw: bytes,
    *,
    source: str,
    recipients: Sequence[str] = (),
    sender: str | None = None,
    verdict: str = "",
) -> list[InboundMail]:
    """Keep a mail for each of our addresses that it came to; none of them is not ours.

    `recipients` and `sender` are the envelope's, where there is one; else the head tells.
    `verdict` is a provider's on who sent it: "pass", "fail" or empty. The same mail once more is
    counted and not kept again. Raises OSError and DatabaseError: whoever sent it tries again.
    """
    fields = heads.fields_of(heads.head_of(raw[:MOST_HEAD]))
    found = mailboxes.find_all(recipients or mailboxes.noted_in(fields))
    envelope: dict[str, object] = {"sender": sender, "verdict": verdict}
    return [_keep(raw, fields, mailbox, source, envelope) for mailbox in found]


def _keep(
    raw: bytes, fields: heads.Fields, mailbox: Mailbox, source: str, envelope: dict[str, object]
) -> InboundMail:
    message_id = heads.message_id(fields)[:500]
    key = _key(message_id, raw, mailbox)
    if known := _seen_again(key):
        return known
    subscription = unsubscribe.by_mail_token(mailbox.token) if _unsubscribes(mailbox) else None
    mail = InboundMail(
        key=key,
        message_id=message_id,
        source=source,
        mailbox=mailbox.name,
        digest=mailbox.digest,
        address=mailbox.shown[:320],
        sender=next(iter(heads.addresses(fields, "from")), "")[:320],
        subject=heads.text(fields, "subject")[:LONGEST_SUBJECT],
        size=len(raw),
        envelope=envelope | ({"topic": subscription.topic.name} if subscription else {}),
        member=subscription.member if subscription else None,
    )
    mail.raw.name = _store(raw)
    try:
        with transaction.atomic():
            mail.save()
            transaction.on_commit(partial(tasks.poke, mail.pk))
    except IntegrityError:
        discard(mail.raw.name)
        if known := _seen_again(key):
            return known
        raise
    except BaseException:
        discard(mail.raw.name)
        raise
    logger.info("A mail came to %s by %s", mail.address, source)
    return mail


def _unsubscribes(mailbox: Mailbox) -> bool:
    return mailbox.name == mailboxes.UNSUBSCRIBE


def _key(message_id: str, raw: bytes, mailbox: Mailbox) -> str:
    """One mail to two of our addresses is two, each told by its Message-ID or else its content."""
    content = message_id or hashlib.sha256(raw.replace(b"\r\n", b"\n").rstrip()).hexdigest()
    return hashlib.sha256(f"{mailbox.address}\n{content}".encode()).hexdigest()


def _seen_again(key: str) -> InboundMail | None:
    known = InboundMail.objects.filter(key=key)
    return known.first() if known.update(copies=F("copies") + 1) else None


def _store(raw: bytes) -> str:
    kept = heads.head_of(raw[:MOST_HEAD]) if len(raw) > settings.INBOUND_MAX_BYTES else raw
    return default_storage.save(random_name(InboundMail, "mail.eml"), ContentFile(kept))
