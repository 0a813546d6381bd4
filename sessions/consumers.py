"""A live room's socket. Its words are in protocol.py; who else hears them, in hub/."""

import asyncio
import contextlib
import time
from typing import Any

from django.db import Error as DatabaseError

from cohort.sockets import Receive, Scope, Send, Visitor, in_thread
from sessions import protocol, room_state
from sessions.hub import FORBIDDEN, TOO_FAST, Connection, LiveRoom, current_hub
from sessions.room_state import Entrant

CLOSING_PATIENCE = 2.0
# More frames than this in a while is no person.
FRAMES, FRAMES_WINDOW = 200, 10.0


async def live_room(scope: Scope, receive: Receive, send: Send) -> None:
    """Everything about one socket, from the handshake to its end."""
    await receive()  # websocket.connect
    visitor: Visitor | None = scope["visitor"]
    place = scope["url_route"]["kwargs"]
    entrant = await _entrant(visitor, place["cohort_slug"], place["session_pk"])
    if visitor is None or entrant is None:
        await send({"type": "websocket.close", "code": FORBIDDEN})
        return

    await send({"type": "websocket.accept"})
    connection = Connection(send, visitor)
    connection.become(entrant)
    hub = current_hub()
    room = await hub.join(connection, place["session_pk"])
    connection.offer(
        protocol.encode(
            "hello",
            room=room.pk,
            epoch=room.lines.head.epoch,
            head_seq=room.lines.head.seq,
            head_rev=room.lines.head.rev,
            you=connection.member_pk,
            may_write=connection.may_write,
        )
    )
    await _converse(connection, room, receive, send)


async def _entrant(visitor: Visitor | None, cohort_slug: str, session_pk: int) -> Entrant | None:
    if visitor is None:
        return None
    try:
        return await in_thread(room_state.entrant, visitor, cohort_slug, session_pk)
    except DatabaseError:
        return None


async def _converse(connection: Connection, room: LiveRoom, receive: Receive, send: Send) -> None:
    reader = asyncio.create_task(_read(connection, room, receive))
    writer = asyncio.create_task(connection.write())
    try:
        ends: set[asyncio.Future[Any]] = {reader, writer, connection.closing}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        room.hub.leave(connection, room)
        for task in (reader, writer):
            task.cancel()
        await asyncio.gather(reader, writer, return_exceptions=True)
    if connection.closing.done():
        # Whoever does not read cannot be told; the server drops the line then.
        with contextlib.suppress(Exception):
            code = connection.closing.result()
            close = send({"type": "websocket.close", "code": code})
            await asyncio.wait_for(close, CLOSING_PATIENCE)


async def _read(connection: Connection, room: LiveRoom, receive: Receive) -> None:
    since, count = time.monotonic(), 0
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            return
        if time.monotonic() - since > FRAMES_WINDOW:
            since, count = time.monotonic(), 0
        count += 1
        if count > FRAMES:
            connection.close(TOO_FAST)
            return
        try:
            frame = protocol.read(event.get("text"))
        except protocol.BadFrame as bad:
            connection.offer(protocol.encode("error", code=bad.code))
            continue
        await _answer(connection, room, frame)


async def _answer(
    connection: Connection, room: LiveRoom, frame: protocol.Resume | protocol.Say
) -> None:
    if isinstance(frame, protocol.Resume):
        try:
            await room.lines.resume(connection, frame)
        except DatabaseError:
            connection.offer(protocol.encode("error", code="unavailable", retry_after=3))
        return
    # A line that is being stored is stored and told, also when its sender goes meanwhile.
    await asyncio.shield(room.hub.spawn(room.speech.say(connection, frame)))
