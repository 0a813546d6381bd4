"""The bell's socket. It says how many lines are unread, and nothing of what they are about."""

import asyncio
import contextlib
import json
from typing import Any

from django.db import Error as DatabaseError

from cohort.sockets import Receive, Scope, Send, Visitor, in_thread
from notifications import listening
from notifications.bells import FORBIDDEN, OpenBell, current_bells

# Seconds.
BEAT = 25.0
CLOSING_PATIENCE = 2.0
# A page has nothing to say here.
FRAMES = 100
TOO_FAST = 4429


async def open_bell(scope: Scope, receive: Receive, send: Send) -> None:
    """Everything about one socket, from the handshake to its end."""
    await receive()  # websocket.connect
    visitor: Visitor | None = scope["visitor"]
    one = await _look(visitor, scope["url_route"]["kwargs"]["cohort_slug"]) if visitor else None
    if one is None:
        await send({"type": "websocket.close", "code": FORBIDDEN})
        return
    await send({"type": "websocket.accept"})
    await _converse(one, receive, send)


async def _look(visitor: Visitor, cohort_slug: str) -> OpenBell | None:
    """Whoever is at the door, if they may enter. Where the database is away nobody may."""
    try:
        found = await in_thread(listening.listener, visitor, cohort_slug)
    except DatabaseError:
        return None
    return OpenBell(*found) if found else None


async def _converse(one: OpenBell, receive: Receive, send: Send) -> None:
    bells = current_bells()
    bells.enter(one)
    tasks = [asyncio.create_task(work) for work in (_write(one, send), _read(one, receive))]
    try:
        ends: set[asyncio.Future[Any]] = {*tasks, one.closing}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        bells.leave(one)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if one.closing.done():
        # Whoever does not read cannot be told; the server drops the line then.
        with contextlib.suppress(Exception):
            close = send({"type": "websocket.close", "code": one.closing.result()})
            await asyncio.wait_for(close, CLOSING_PATIENCE)


async def _write(one: OpenBell, send: Send) -> None:
    """The number when it changes, and now and then, to show that the line stands."""
    while True:
        # Not wait_for(): where the wait ends as it is cancelled, it forgets the cancelling.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BEAT):
                await one.is_new.wait()
        one.is_new.clear()
        await send({"type": "websocket.send", "text": json.dumps({"unread": one.unread})})


async def _read(one: OpenBell, receive: Receive) -> None:
    """Wait for the end; whoever talks all the time is let go."""
    for _frame in range(FRAMES):
        if (await receive())["type"] == "websocket.disconnect":
            return
    one.close(TOO_FAST)
    await asyncio.sleep(CLOSING_PATIENCE)
