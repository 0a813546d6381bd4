"""The beat and the pokes. Messages carry nothing: PostgreSQL says what there is to do."""

import logging

from celery import shared_task
from django.utils import timezone

from notifications import allowances, clearing, heartbeats, outages, planning, sending
from notifications.models import Delivery
from notifications.push import sending as to_devices

logger = logging.getLogger(__name__)


@shared_task
def beat() -> None:
    """Every half minute: show life, plan what has become due, send it."""
    heartbeats.note(heartbeats.WORKER)
    planning.plan_due(timezone.now())
    _send()


@shared_task
def send_due() -> None:
    """Sent on commit by whoever put mail into the outbox, so that it need not wait for the beat."""
    _send()


@shared_task
def clear_old() -> None:
    """Every night: what was settled long ago leaves the log, and is counted."""
    logger.info("%d old deliveries cleared away", clearing.clear_old())


def poke() -> None:
    """Tell a worker that something is due. Without Redis the next beat finds it."""
    try:
        send_due.delay()
    except Exception as error:  # whatever the broker's client raises, the rows are safe
        logger.warning("The worker could not be told of new mail: %s", error)


def _send() -> None:
    to_devices.send_due()
    sending.send_due()
    # A round is short, so that no worker is busy with one long edition alone.
    if outages.current() is None and allowances.may_go_on() and Delivery.objects.due().exists():
        poke()
