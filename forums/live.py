"""Tells open pages of a thread that something came; what came they ask for themselves."""

import logging
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

logger = logging.getLogger(__name__)


def thread_group(thread_pk: int) -> str:
    return f"thread.{thread_pk}"


def thread_changed(thread_pk: int, number: int) -> None:
    """After the commit: the thread has got as far as this number."""
    transaction.on_commit(lambda: _send(thread_pk, {"type": "thread.changed", "number": number}))


def access_changed(thread_pk: int) -> None:
    """After the commit: some who read the thread may not any more; each asks what is left."""
    transaction.on_commit(lambda: _send(thread_pk, {"type": "access.changed"}))


def _send(thread_pk: int, message: dict[str, Any]) -> None:
    try:
        async_to_sync(get_channel_layer().group_send)(thread_group(thread_pk), message)
    except Exception:
        # Redis is away: the reply stands, and open pages ask again on their own.
        logger.warning("Could not tell open pages of thread %s", thread_pk, exc_info=True)
