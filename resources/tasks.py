"""What a worker does for the library. Messages carry nothing: the rows say what to do."""

import logging
from datetime import datetime
from time import monotonic

from celery import shared_task
from django.conf import settings
from django.db import transaction

from resources import contents, links
from resources.models import Contents

logger = logging.getLogger(__name__)
# So long one worker reads before mail has its turn again.
ROUND = 20  # seconds


@shared_task
def read_files() -> None:
    """Read files that wait, as many as fit into a round."""
    ends = monotonic() + ROUND
    while contents.read_next():
        if monotonic() > ends:
            poke()
            return


@shared_task
def check_links() -> None:
    """Every ten minutes: look at a few of the links whose week is over."""
    if settings.CHECK_LINKS:
        links.check_due()


def read_soon() -> None:
    """After the commit. Without Redis the next beat finds it."""
    transaction.on_commit(poke)


def look_for_files(now: datetime) -> int:
    """A planner: asked at each beat; it tells nobody."""
    if Contents.objects.due().exists():
        transaction.on_commit(poke)
    return 0


def poke() -> None:
    try:
        read_files.delay()
    except Exception as error:  # whatever the broker's client raises, the rows are safe
        logger.warning("The worker could not be told of a file: %s", error)
