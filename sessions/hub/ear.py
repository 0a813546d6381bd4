"""This process' one place on the channel layer: what it tells others, and what it hears."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any

from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

# Seconds.
LAYER_PATIENCE = 2.0
TEND = 3.0


class Ear:
    """Follows the groups that are wanted, for as long as they are, through outages of Redis."""

    def __init__(
        self,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        heard: Callable[[dict[str, Any]], None],
    ) -> None:
        self._spawn = spawn
        self._tell = heard
        self._channel = ""
        self._wanted: dict[str, int] = {}
        self._held: set[str] = set()
        self._joining: set[str] = set()
        self._heard_at = 0.0

    # ------------------------------------------------------------ telling

    def publish(self, group: str, message: dict[str, Any]) -> None:
        self._spawn(self._send(group, message))

    async def _send(self, group: str, message: dict[str, Any]) -> None:
        try:
            await asyncio.wait_for(get_channel_layer().group_send(group, message), LAYER_PATIENCE)
        except Exception as error:
            logger.warning("Other processes were not told of %s: %r", group, error)

    # ------------------------------------------------------------ following

    def subscribe(self, group: str) -> None:
        self._wanted[group] = self._wanted.get(group, 0) + 1
        self._settle(group)

    def unsubscribe(self, group: str) -> None:
        self._wanted[group] = self._wanted.get(group, 0) - 1
        if self._wanted[group] <= 0:
            del self._wanted[group]
        self._settle(group)

    def _settle(self, group: str) -> None:
        if group not in self._joining:
            self._joining.add(group)
            self._spawn(self._settle_group(group))

    async def _settle_group(self, group: str) -> None:
        """Make the layer agree with what is wanted; where Redis is away, `tend` tries again."""
        layer = get_channel_layer()
        try:
            while self._channel and (group in self._wanted) != (group in self._held):
                if group in self._wanted:
                    await asyncio.wait_for(layer.group_add(group, self._channel), LAYER_PATIENCE)
                    self._held.add(group)
                else:
                    await asyncio.wait_for(
                        layer.group_discard(group, self._channel), LAYER_PATIENCE
                    )
                    self._held.discard(group)
        except Exception as error:
            logger.warning("Could not follow %s: %r", group, error)
        finally:
            self._joining.discard(group)

    # ------------------------------------------------------------ hearing

    async def listen(self) -> None:
        layer = get_channel_layer()
        while True:
            try:
                self._channel = await asyncio.wait_for(layer.new_channel("hub."), LAYER_PATIENCE)
            except Exception as error:
                logger.warning("Rooms cannot hear other processes: %r", error)
                await asyncio.sleep(TEND)
                continue
            self._held.clear()
            self._heard_at = time.monotonic()
            for group in list(self._wanted):
                self._settle(group)
            await self._hear(layer)

    async def _hear(self, layer: Any) -> None:
        while True:
            message = await layer.receive(self._channel)
            try:
                if message.get("type") == "hub.ping":
                    self._heard_at = time.monotonic()
                else:
                    self._tell(message)
            except Exception:
                logger.exception("A message for the rooms was not understood")

    def tend(self) -> None:
        """Settle what Redis has not taken yet, and call oneself through it."""
        for group in self._wanted.keys() ^ self._held:
            self._settle(group)
        if self._channel:
            self._spawn(self._ping())

    @property
    def is_deaf(self) -> bool:
        """Whether one's own calls have not come back for a while."""
        return time.monotonic() - self._heard_at > 2 * TEND

    async def _ping(self) -> None:
        try:
            await asyncio.wait_for(
                get_channel_layer().send(self._channel, {"type": "hub.ping"}), LAYER_PATIENCE
            )
        except Exception as error:
            logger.info("Redis is away: %r", error)
