"""Signs of life of beat and worker, for `/healthz`."""

import logging
from datetime import datetime

from celery import signals
from django.db import connection
from django.utils import timezone

from notifications.models import Heartbeat

logger = logging.getLogger(__name__)
BEAT = "beat"
WORKER = "worker"


def note(name: str) -> None:
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=timezone.now())],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )


def latest() -> dict[str, datetime]:
    return dict(Heartbeat.objects.values_list("name", "at"))


@signals.beat_init.connect
def listen_to_beat(**_signal: object) -> None:
    """In the beat's own process each message it sends is a sign of life, workers or not."""
    signals.before_task_publish.connect(note_beat, weak=False)


def note_beat(**_signal: object) -> None:
    try:
        note(BEAT)
    except Exception as error:  # beat must go on while the database is away
        logger.warning("The beat's sign of life could not be kept: %s", error)
    finally:
        connection.close()
