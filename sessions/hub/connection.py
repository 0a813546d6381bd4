"""One socket in a room, and the reasons for which it is closed."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from cohort.sockets import Visitor
from sessions import protocol
from sessions.room_state import Entrant

QUEUE = 500

SIGNED_OUT, FORBIDDEN, TOO_SLOW, TOO_MANY, TOO_FAST = 4401, 4403, 4408, 4409, 4429
TRY_LATER = 1013


class Connection:
    """One socket: who is there, how far they have come, and what waits to be written to them."""

    def __init__(self, send: Callable[[dict[str, Any]], Awaitable[None]], visitor: Visitor) -> None:
        self._send = send
        self._frames: asyncio.Queue[str] = asyncio.Queue(QUEUE)
        self.visitor = visitor
        self.since = time.monotonic()
        self.member_pk = 0
        self.cohort_pk = 0
        self.may_write = False
        self.person: dict[str, Any] | None = None
        self.seq = 0
        self.is_caught_up = False
        self.closing: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def become(self, entrant: Entrant) -> None:
        self.member_pk = entrant.member.pk
        self.cohort_pk = entrant.member.cohort_id
        self.may_write = entrant.may_write
        self.person = protocol.person(entrant.member)

    def offer(self, frame: str) -> None:
        """Queue a frame; whoever does not read theirs is let go, so that others need not wait."""
        try:
            self._frames.put_nowait(frame)
        except asyncio.QueueFull:
            self.close(TOO_SLOW)

    def close(self, code: int) -> None:
        if not self.closing.done():
            self.closing.set_result(code)

    async def write(self) -> None:
        while True:
            await self._send({"type": "websocket.send", "text": await self._frames.get()})
