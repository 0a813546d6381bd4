"""Which addresses take our mail: what came back is counted, and stops what only does harm.

One complaint, or three mails refused for good, stop all mail of the outbox to an address, for every
cohort: the mail server's standing is everybody's. Sign-in codes, asked for at that very moment by
whoever owns the address, are not the outbox's and still go.
"""

import logging
import uuid
from collections.abc import Collection

from django.db import connection, transaction
from django.utils import timezone

from cohort import audit
from cohort.addresses import canonical_address
from cohort.models import Membership
from notifications.models import Bounce, Suppression

logger = logging.getLogger(__name__)
HARD_BOUNCES = 3
Kind = Bounce.Kind


@transaction.atomic
def note_bounce(address: str, kind: str, detail: str, *, event: str = "") -> Suppression | None:
    """Keep that mail to an address came back; the suppression, if there is one by now.

    `kind` is one of `Bounce.Kind`: "hard", "soft" (counted only) or "complaint". `event` names the
    report (a provider's event id, a Message-ID): told again with the same name it counts once.
    """
    kind, address = Kind(kind), canonical_address(address)
    words = _line(detail)
    _one_at_a_time(address)
    bounce = Bounce(address=address, kind=kind, detail=words, event=event[:200] or uuid.uuid4().hex)
    Bounce.objects.bulk_create([bounce], ignore_conflicts=True)
    stopped = Suppression.objects.filter(address=address).first()
    if stopped is None and (why := _why_stop(address, kind)):
        logger.info("No more mail to an address: %s", why)
        return Suppression.objects.create(address=address, reason=why, detail=words)
    return stopped


def _one_at_a_time(address: str) -> None:
    """Three reports at once must count to three: until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [address])


def _why_stop(address: str, kind: str) -> str:
    counted = Bounce.objects.filter(address=address, forgiven_at=None, kind=kind)
    if kind == Kind.COMPLAINT and counted.exists():
        return Suppression.Why.COMPLAINED
    if kind == Kind.HARD and counted.count() >= HARD_BOUNCES:
        return Suppression.Why.BOUNCED
    return ""


@transaction.atomic
def try_again(*, member: Membership, by: Membership) -> bool:
    """Let mail go to a member's address again; whether it was stopped. Leaves an audit row.

    The bounces so far count no more. The provider may keep a list of its own: if it refuses still,
    the address is stopped again.
    """
    address = canonical_address(member.user.email)
    _one_at_a_time(address)
    stopped = Suppression.objects.filter(address=address).first()
    if stopped is None:
        return False
    Bounce.objects.filter(address=address, forgiven_at=None).update(forgiven_at=timezone.now())
    stopped.delete()
    audit.record(
        "address.tried_again", subject=member, actor=by, cohort=by.cohort, reason=stopped.reason
    )
    return True


def suppressed(addresses: Collection[str]) -> dict[str, Suppression]:
    """Those of the addresses that get no mail, by their canonical form, in one query."""
    canonical = {canonical_address(address) for address in addresses if address}
    found = Suppression.objects.filter(address__in=canonical) if canonical else []
    return {stopped.address: stopped for stopped in found}


def _line(words: str) -> str:
    return " ".join(words.split())[:200]
