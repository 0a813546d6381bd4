"""Pokes for what must not wait for the beat. Messages carry nothing: the rows say what to do."""

import logging

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from forums import ringing

logger = logging.getLogger(__name__)


@shared_task
def ring() -> None:
    """Look for posts that no bell was told of yet."""
    ringing.ring(timezone.now())


def ring_soon() -> None:
    """After the commit, once for all that it writes. Without Redis the next beat finds them."""
    waiting = (entry[1] for entry in transaction.get_connection().run_on_commit)
    if poke not in waiting:
        transaction.on_commit(poke)


def poke() -> None:
    try:
        ring.delay()
    except Exception as error:  # whatever the broker's client raises, the posts are safe
        logger.warning("The worker could not be told of new posts: %s", error)
