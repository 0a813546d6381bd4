"""Tells open pages that somebody's bell says something else now; how much they are told anew."""

import logging
from collections.abc import Iterable

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

logger = logging.getLogger(__name__)

# Every process listens for all bells, and knows which of them stand open with it.
BELLS = "bells"


def bells_changed(member_pks: Iterable[int]) -> None:
    """After the commit: open pages of these members count anew."""
    members = sorted(set(member_pks))
    if members:
        transaction.on_commit(lambda: _send(members))


def _send(members: list[int]) -> None:
    try:
        message = {"type": "bells.changed", "members": members}
        async_to_sync(get_channel_layer().group_send)(BELLS, message)
    except Exception:
        # Redis is away: the lines stand, and open pages ask again on their own.
        logger.warning("Could not tell the open pages of %s bells", len(members), exc_info=True)
