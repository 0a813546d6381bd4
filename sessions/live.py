"""Tells the live rooms of all processes that something in one of them changed."""

import logging

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)


def room_group(session_pk: int) -> str:
    return f"room.{session_pk}"


def room_changed(session_pk: int) -> None:
    """Everybody's room looks into the database again: lines, who may be here, who may write."""
    try:
        async_to_sync(get_channel_layer().group_send)(
            room_group(session_pk), {"type": "room.changed", "room": session_pk}
        )
    except Exception:
        # Redis is away. The rooms look for themselves on their next beat.
        logger.warning("Could not tell room %s of a change", session_pk, exc_info=True)
