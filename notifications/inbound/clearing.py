"""What was written is kept for a month, that it came for a year."""

import logging
from functools import partial

from django.db import transaction
from django.utils import timezone

from cohort.files import discard
from notifications import reply_addresses
from notifications.models import InboundMail

logger = logging.getLogger(__name__)
AT_ONCE = 500


def clear_away() -> None:
    """Delete raw mails after 30 days, rows after a year, and addresses long past."""
    while _clear_words():
        pass
    old = InboundMail.objects.exclude(state=InboundMail.State.WAITING)
    old.filter(received_at__lt=timezone.now() - InboundMail.KEPT, raw="").delete()
    reply_addresses.sweep()


@transaction.atomic
def _clear_words() -> int:
    """The rows first, the bytes once that is sure."""
    settled = InboundMail.objects.exclude(raw="").exclude(state=InboundMail.State.WAITING)
    old = settled.filter(received_at__lt=timezone.now() - InboundMail.RAW_KEPT)
    rows = list(old.select_for_update(skip_locked=True).order_by("pk")[:AT_ONCE])
    InboundMail.objects.filter(pk__in=[row.pk for row in rows]).update(raw="", elided="")
    for row in rows:
        transaction.on_commit(partial(discard, row.raw.name or ""))
    return len(rows)
