"""People in a live room, each a client as the browser's is: it comes back, and sends again."""

import asyncio
import json
import random
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Thread

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

SHORTEST, LONGEST = 0.2, 1.0  # seconds until one tries to come back
FORBIDDEN = 4403


@dataclass(eq=False)
class Guest:
    """What one window has said, and what it has heard, in the order in which it heard it."""

    port: int
    path: str
    cookie: str
    unsent: dict[str, str] = field(default_factory=dict)
    acked: dict[str, int] = field(default_factory=dict)
    heard: list[tuple[int, str]] = field(default_factory=list)
    code: int | None = None  # with which the last window was closed
    is_in: bool = False
    _socket: ClientConnection | None = None

    @property
    def last(self) -> int:
        return self.heard[-1][0] if self.heard else 0

    async def stay(self) -> None:
        """Be in the room until cancelled, or until one may not be there any more."""
        while self.code != FORBIDDEN:
            with suppress(OSError, TimeoutError, InvalidHandshake, WebSocketException):
                await self._visit()
            self.is_in = False
            await asyncio.sleep(random.uniform(SHORTEST, LONGEST))

    async def _visit(self) -> None:
        origin = f"http://127.0.0.1:{self.port}"
        async with connect(
            f"ws://127.0.0.1:{self.port}{self.path}",
            origin=origin,  # type: ignore[arg-type]
            additional_headers={"Cookie": self.cookie},
            open_timeout=20,
            max_size=2**22,
        ) as self._socket:
            try:
                async for text in self._socket:
                    await self._hear(json.loads(text))
            finally:
                self.code = self._socket.close_code

    async def _hear(self, frame: dict[str, object]) -> None:
        match frame:
            case {"type": "hello"}:
                self.is_in = True
                await self._resume()
                for client_id in list(self.unsent):
                    await self._send(client_id)
            case {"type": "msg", "seq": int(seq), "client_id": str(client_id)}:
                self.heard.append((seq, client_id))
            case {"type": "ack", "seq": int(seq), "client_id": str(client_id)}:
                self.unsent.pop(client_id, None)
                self.acked[client_id] = seq
            case {"type": "error", "retry_after": wait, "client_id": str(client_id)}:
                asyncio.get_running_loop().call_later(
                    float(str(wait)), lambda: asyncio.ensure_future(self._send(client_id))
                )
            case {"type": "error", "retry_after": wait}:
                await asyncio.sleep(float(str(wait)))
                await self._resume()

    async def _resume(self) -> None:
        if self._socket:
            await self._socket.send(json.dumps({"type": "resume", "after_seq": self.last}))

    async def say(self, text: str) -> None:
        client_id = str(uuid.uuid4())
        self.unsent[client_id] = text
        await self._send(client_id)

    async def _send(self, client_id: str) -> None:
        """Where there is no connection the line waits for the next."""
        text = self.unsent.get(client_id)
        if text is not None and self._socket and self.is_in:
            with suppress(WebSocketException):
                await self._socket.send(
                    json.dumps({"type": "msg", "client_id": client_id, "text": text})
                )


class Party:
    """All guests, on an event loop in a thread of its own, talking until they are asked to stop."""

    def __init__(self, guests: Sequence[Guest], pause: float) -> None:
        self.guests, self.pause = guests, pause
        self.is_talking = False
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._run, daemon=True)

    def begin(self) -> None:
        self.is_talking = True
        self._thread.start()

    def hush(self) -> None:
        """Say nothing new; what was said still waits for its acknowledgement."""
        self.is_talking = False

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._everybody.cancel)
        self._thread.join()

    def _run(self) -> None:
        self._everybody = self._loop.create_task(self._meet())
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._everybody)
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _meet(self) -> None:
        async with asyncio.TaskGroup() as group:
            for number, guest in enumerate(self.guests):
                group.create_task(guest.stay())
                group.create_task(self._talk(guest, number))

    async def _talk(self, guest: Guest, number: int) -> None:
        said = 0
        while True:
            await asyncio.sleep(self.pause * random.uniform(0.8, 1.2))
            if self.is_talking and guest.code != FORBIDDEN:
                said += 1
                await guest.say(f"Line {said} of guest {number}")
