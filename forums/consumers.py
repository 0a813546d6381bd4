"""An open thread's socket. It says how far the thread has come, and nothing of what was written.

What came the page asks for itself, as any reader would. Access is asked about at the door, when
the channel layer tells that it may have changed, and every minute, since the layer only hints.
"""

import asyncio
import contextlib
import json
import logging
from typing import Any

from channels.layers import get_channel_layer
from django.db import Error as DatabaseError

from cohort.live import cohort_group, member_group, user_group
from cohort.sockets import Receive, Scope, Send, Visitor, in_thread
from forums import listening
from forums.listening import Listener
from forums.live import thread_group

logger = logging.getLogger(__name__)

# Seconds.
BEAT = 20.0
LAYER_PATIENCE = 2.0
CLOSING_PATIENCE = 2.0
BEATS_A_CHECK = 3
SOCKETS_PER_USER = 20
# A page has nothing to say here.
FRAMES = 100

SIGNED_OUT, FORBIDDEN, ANSWER_FIRST, TOO_FAST = 4401, 4403, 4412, 4429

_open: dict[int, int] = {}


async def open_thread(scope: Scope, receive: Receive, send: Send) -> None:
    """Everything about one socket, from the handshake to its end."""
    await receive()  # websocket.connect
    visitor: Visitor | None = scope["visitor"]
    place = scope["url_route"]["kwargs"]
    where = (place["cohort_slug"], place["thread_pk"])
    found = await _look(visitor, *where) if visitor else None
    if (
        visitor is None
        or found is None
        or found.awaits_answer
        or _open.get(visitor.user_pk, 0) >= SOCKETS_PER_USER
    ):
        await send({"type": "websocket.close", "code": FORBIDDEN})
        return

    _open[visitor.user_pk] = _open.get(visitor.user_pk, 0) + 1
    try:
        await send({"type": "websocket.accept"})
        await ThreadSocket(visitor, *where, send).converse(found, receive)
    finally:
        _open[visitor.user_pk] -= 1
        if not _open[visitor.user_pk]:
            del _open[visitor.user_pk]


async def _look(visitor: Visitor, cohort_slug: str, thread_pk: int) -> Listener | None:
    """Whoever is at the door, if they may enter. Where the database is away nobody may."""
    try:
        return await in_thread(listening.listener, visitor, cohort_slug, thread_pk)
    except DatabaseError:
        return None


class ThreadSocket:
    """One page that has a thread open."""

    def __init__(self, visitor: Visitor, cohort_slug: str, thread_pk: int, send: Send) -> None:
        self.visitor = visitor
        self.place = (cohort_slug, thread_pk)
        self.send = send
        self.number = 0
        self.closing: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.poked = asyncio.Event()

    async def converse(self, found: Listener, receive: Receive) -> None:
        await self.tell(found.number, kind="hello")
        works = (self.read(receive), self.listen(found), self.beat(), self.check_when_poked())
        tasks = [asyncio.create_task(work) for work in works]
        try:
            ends: set[asyncio.Future[Any]] = {*tasks, self.closing}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if self.closing.done():
            # Whoever does not read cannot be told; the server drops the line then.
            with contextlib.suppress(Exception):
                close = self.send({"type": "websocket.close", "code": self.closing.result()})
                await asyncio.wait_for(close, CLOSING_PATIENCE)

    def close(self, code: int) -> None:
        if not self.closing.done():
            self.closing.set_result(code)

    async def tell(self, number: int, kind: str = "number") -> None:
        self.number = max(self.number, number)
        frame = json.dumps({"type": kind, "number": self.number})
        await self.send({"type": "websocket.send", "text": frame})

    async def read(self, receive: Receive) -> None:
        """Wait for the end; whoever talks all the time is let go."""
        for _frame in range(FRAMES):
            if (await receive())["type"] == "websocket.disconnect":
                return
        self.close(TOO_FAST)
        await asyncio.sleep(CLOSING_PATIENCE)

    async def listen(self, found: Listener) -> None:
        """Hear of replies, and of what may change who is allowed here."""
        member = found.member
        groups = (
            thread_group(self.place[1]),
            member_group(member.pk),
            user_group(member.user_id),
            cohort_group(member.cohort_id),
        )
        layer = get_channel_layer()
        channel = ""
        try:
            channel = await self._join(layer, groups)
            # What came while the page loaded and the ear was not yet at the wall.
            await self.check()
            while True:
                await self._hear(await layer.receive(channel))
        finally:
            for group in groups if channel else ():
                with contextlib.suppress(Exception):
                    await asyncio.wait_for(layer.group_discard(group, channel), LAYER_PATIENCE)

    async def _join(self, layer: Any, groups: tuple[str, ...]) -> str:
        while True:
            try:
                async with asyncio.timeout(LAYER_PATIENCE):
                    channel: str = await layer.new_channel("thread.")
                    for group in groups:
                        await layer.group_add(group, channel)
                    return channel
            except Exception as error:
                logger.warning("A thread's page cannot hear other processes: %r", error)
                await asyncio.sleep(BEAT)

    async def _hear(self, message: dict[str, Any]) -> None:
        if message["type"] == "thread.changed" and message["number"] > self.number:
            await self.tell(message["number"])
        elif message["type"] == "access.changed":
            self.poked.set()

    async def beat(self) -> None:
        """Show that the line stands, and look now and then for what the layer did not bring."""
        while True:
            for _beat in range(BEATS_A_CHECK):
                await asyncio.sleep(BEAT)
                await self.tell(self.number)
            await self.check()

    async def check_when_poked(self) -> None:
        while True:
            await self.poked.wait()
            self.poked.clear()
            await self.check()

    async def check(self) -> None:
        """Whether whoever is here may stay, and whether they missed something."""
        try:
            found = await in_thread(listening.listener, self.visitor, *self.place)
            if found is None or not await in_thread(listening.is_signed_in, self.visitor):
                self.close(FORBIDDEN if found is None else SIGNED_OUT)
            elif found.awaits_answer:
                self.close(ANSWER_FIRST)
            elif found.number > self.number:
                await self.tell(found.number)
        except DatabaseError:
            logger.warning("Thread %s could not be checked", self.place[1], exc_info=True)
