"""Which addresses take our mail: what came back is counted, and stops what only does harm.

One complaint, or three mails refused for good, stop all mail of the outbox to an address, for every
cohort: the mail server's standing is everybody's. Sign-in codes, asked for at that very moment by
whoever owns the address, are not the outbox's and still go.
"""

import logging
import re
import uuid
from collections.abc import Collection

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from cohort import audit
from cohort.addresses import canonical_address
from cohort.models import Membership
from notifications import reasons
from notifications.models import Bounce, Delivery, Suppression

logger = logging.getLogger(__name__)
HARD_BOUNCES = 3
Kind, State = Bounce.Kind, Delivery.State
# 550, 551 or 553 with a code about the address or a disabled mailbox, or with no such code at all.
_NO_SUCH_MAILBOX = re.compile(r"55[013][ -](?:5\.1\.[0-36]\b|5\.2\.1\b|(?!\d\.\d))")


@transaction.atomic
def note_bounce(
    address: str, kind: str, detail: str, *, event: str = "", message_id: str = ""
) -> Suppression | None:
    """Keep that mail to an address came back; the suppression, if there is one by now.

    `kind` is one of `Bounce.Kind`: "hard", "soft" (counted only) or "complaint". `event` names the
    report (a provider's event id, its own Message-ID): told again with the same name it counts
    once. `message_id` names the mail that came back, as we or the provider named it.
    """
    kind, address = Kind(kind), canonical_address(address)
    words = _line(detail)
    _one_at_a_time(address)
    bounce = Bounce(address=address, kind=kind, detail=words, event=event[:200] or uuid.uuid4().hex)
    Bounce.objects.bulk_create([bounce], ignore_conflicts=True)
    if kind == Kind.HARD and message_id:
        note_undelivered(message_id, words)
    stopped = Suppression.objects.filter(address=address).first()
    if stopped is None and (why := _why_stop(address, kind)):
        logger.info("No more mail to an address: %s", why)
        return Suppression.objects.create(address=address, reason=why, detail=words)
    return stopped


def _one_at_a_time(address: str) -> None:
    """Three reports at once must count to three: until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [address])


def note_undelivered(message_id: str, words: str, reason: str = reasons.BOUNCED) -> None:
    """A mail that was sent has not arrived: the log says so."""
    bare = message_id.strip("<> ")
    named = Q(message_id=f"<{bare}>") | Q(provider_id__in=[message_id, bare])
    sent = Delivery.objects.filter(named, state__in=[State.SENT, State.UNCERTAIN])
    sent.update(state=State.FAILED, reason=f"{reason}: {_line(words)}"[:200])


def speaks_of_address(answer: str) -> bool:
    """Whether a server's refusal is about the mailbox, not about us or the text (RFC 3463)."""
    return bool(_NO_SUCH_MAILBOX.match(answer))


def _why_stop(address: str, kind: str) -> str:
    counted = Bounce.objects.filter(address=address, forgiven_at=None, kind=kind)
    if kind == Kind.COMPLAINT and counted.exists():
        return Suppression.Why.COMPLAINED
    if kind == Kind.HARD and counted.count() >= HARD_BOUNCES:
        return Suppression.Why.BOUNCED
    return ""


@transaction.atomic
def try_again(address: str, *, by: Membership) -> bool:
    """Let mail go to an address again; whether it was stopped. Leaves an audit row.

    The bounces so far count no more. The provider may keep a list of its own: if it refuses still,
    the address is stopped again.
    """
    address = canonical_address(address)
    _one_at_a_time(address)
    stopped = Suppression.objects.filter(address=address).first()
    if stopped is None:
        return False
    Bounce.objects.filter(address=address, forgiven_at=None).update(forgiven_at=timezone.now())
    stopped.delete()
    audit.record(
        "address.tried_again", subject=address, actor=by, cohort=by.cohort, reason=stopped.reason
    )
    return True


def suppressed(addresses: Collection[str]) -> dict[str, Suppression]:
    """Those of the addresses that get no mail, by their canonical form, in one query."""
    canonical = {canonical_address(address) for address in addresses if address}
    found = Suppression.objects.filter(address__in=canonical) if canonical else []
    return {stopped.address: stopped for stopped in found}


def _line(words: str) -> str:
    return " ".join(words.split())[:200]
