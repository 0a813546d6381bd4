"""What is done with mail that came in; messages carry a key, and the database decides."""

import logging
from datetime import datetime

from celery import shared_task

logger = logging.getLogger(__name__)


@shared_task
def take_in(mail_pk: int) -> None:
    """Look at one mail, so that it need not wait for the beat."""
    from notifications.inbound import working

    working.work_off(mail_pk)


@shared_task
def clear_away() -> None:
    """At night: what was written is kept for a month, what became of it for a year."""
    from notifications.inbound import clearing

    clearing.clear_away()


def poke(mail_pk: int) -> None:
    """Tell a worker. Without Redis the next beat finds the mail."""
    try:
        take_in.delay(mail_pk)
    except Exception as error:  # whatever the broker's client raises, the mail is kept
        logger.warning("The worker could not be told of a mail: %s", error)


def plan(_now: datetime) -> int:
    """At each beat: what nobody was told of, or what failed and is to be tried again."""
    from notifications.inbound import working

    working.work_off_due()
    return 0
