"""Tells the live rooms of all processes that something in one of them changed."""

import logging
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

logger = logging.getLogger(__name__)


def room_group(session_pk: int) -> str:
    return f"room.{session_pk}"


def notes_group(session_pk: int) -> str:
    return f"notes.{session_pk}"


def room_changed(session_pk: int) -> None:
    """Everybody's room looks into the database again: lines, who may be here, who may write."""
    _send(session_pk, {"type": "room.changed", "room": session_pk})


def room_moved_on(session_pk: int) -> None:
    """After the commit: something in the room has a new `rev`. Rooms read it soon, in bundles."""
    message = {"type": "room.moved", "room": session_pk}
    transaction.on_commit(partial(_send, session_pk, message))


def _send(session_pk: int, message: dict[str, Any]) -> None:
    try:
        async_to_sync(get_channel_layer().group_send)(room_group(session_pk), message)
    except Exception:
        # Redis is away. The rooms look for themselves on their next beat.
        logger.warning("Could not tell room %s of a change", session_pk, exc_info=True)
