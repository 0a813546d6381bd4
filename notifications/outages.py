"""The breaker: while the mail server is away, nobody wears the waiting mails out on it."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications.models import Outage

logger = logging.getLogger(__name__)
WAITS = [15, 30, 60, 120, 300]  # seconds, by how often it failed in a row
# Who tries first has this long, before another may.
PROBE = timedelta(seconds=60)


def server() -> str:
    host = getattr(settings, "EMAIL_HOST", "") or settings.EMAIL_BACKEND
    return str(host)[:100]


def current() -> Outage | None:
    return Outage.objects.filter(pk=server()).first()


def may_try() -> bool:
    """Whether the mail server may be asked now. In an outage only one worker at a time may."""
    now = timezone.now()
    if current() is None:
        return True
    probes = Outage.objects.filter(pk=server(), retry_at__lte=now).update(retry_at=now + PROBE)
    return probes == 1


@transaction.atomic
def note_down(error: str) -> None:
    """The server did not answer: wait longer each time, up to five minutes."""
    outage, _is_new = Outage.objects.select_for_update().get_or_create(
        pk=server(), defaults={"retry_at": timezone.now()}
    )
    wait = WAITS[min(outage.failures, len(WAITS) - 1)]
    outage.failures += 1
    outage.retry_at = timezone.now() + timedelta(seconds=wait)
    outage.error = error[:200]
    outage.save()
    logger.warning("The mail server is away (%s); next try in %s s", error, wait)


def note_up() -> None:
    ended, _by_model = Outage.objects.filter(pk=server()).delete()
    if ended:
        logger.info("The mail server is back")
