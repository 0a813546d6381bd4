"""One socket in a room, and the reasons for which it is closed."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from cohort.sockets import Visitor
from sessions import protocol
from sessions.hub.wire import Wire
from sessions.room_state import Entrant

QUEUE = 500

SIGNED_OUT, FORBIDDEN, TOO_SLOW, TOO_MANY, TOO_FAST = 4401, 4403, 4408, 4409, 4429
TRY_LATER = 1013


class Connection:
    """One socket: who is there, how far they have come, and what waits to be written to them."""

    def __init__(
        self,
        send: Callable[[dict[str, Any]], Awaitable[None]],
        visitor: Visitor,
        place: str = "room",
    ) -> None:
        self._send = send
        self._wire = Wire(send)
        self._is_writing = False
        self.place = place
        self._frames: asyncio.Queue[str | bytes] = asyncio.Queue(QUEUE)
        self.visitor = visitor
        self.since = time.monotonic()
        self.member_pk = 0
        self.cohort_pk = 0
        self.standing: dict[str, Any] = {}
        self.person: dict[str, Any] | None = None
        self.seq = 0
        self.is_caught_up = False
        self.closing: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def become(self, entrant: Entrant) -> None:
        self.member_pk = entrant.member.pk
        self.cohort_pk = entrant.member.cohort_id
        self.standing = {
            "may_write": entrant.may_write,
            "muted": entrant.is_muted,
            "slow_seconds": entrant.slow_seconds,
        }
        self.person = protocol.person(entrant.member)

    def offer(self, *frames: str | bytes) -> None:
        """Write frames, or queue them behind those that wait.

        Whoever does not read theirs is let go, so that others need not wait.
        """
        if self._frames.empty() and not self._is_writing and self._wire.write(frames):
            return
        try:
            for frame in frames:
                self._frames.put_nowait(frame)
        except asyncio.QueueFull:
            self.close(TOO_SLOW)

    @property
    def may_write(self) -> bool:
        return bool(self.standing.get("may_write"))

    async def give(self, frame: str | bytes) -> None:
        """Queue a frame, waiting for a place: for what was missed, of which there may be much."""
        await self._frames.put(frame)

    def close(self, code: int) -> None:
        if not self.closing.done():
            self.closing.set_result(code)

    async def write(self) -> None:
        while True:
            frame = await self._frames.get()
            self._is_writing = True
            kind = "text" if isinstance(frame, str) else "bytes"
            await self._send({"type": "websocket.send", kind: frame})
            self._is_writing = False
