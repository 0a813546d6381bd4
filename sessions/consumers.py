"""A live room's sockets: the chat's and the notes'. Their words are in protocol.py; who else hears
them, in hub/.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import Error as DatabaseError
from django.utils import timezone

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
    entrant = await _entrant(room_state.entrant, visitor, **place)
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
            now=protocol.stamp(timezone.now()),
            **connection.standing,
        )
    )

    async def hear(event: dict[str, Any]) -> None:
        await _answer(connection, room, protocol.read(event.get("text")))

    try:
        await _converse(connection, receive, send, hear)
    finally:
        hub.leave(connection, room)


async def live_notes(scope: Scope, receive: Receive, send: Send) -> None:
    """Likewise for shared notes: binary frames are a CRDT's, text frames say how it stands."""
    await receive()  # websocket.connect
    visitor: Visitor | None = scope["visitor"]
    place = scope["url_route"]["kwargs"]
    entrant = await _entrant(room_state.notes_entrant, visitor, **place)
    if visitor is None or entrant is None:
        await send({"type": "websocket.close", "code": FORBIDDEN})
        return

    await send({"type": "websocket.accept"})
    connection = Connection(send, visitor, "notes")
    connection.become(entrant)
    hub = current_hub()
    live = await hub.join_notes(connection, place["session_pk"])
    connection.offer(protocol.encode("hello", may_write=connection.may_write))
    live.greet(connection)

    async def hear(event: dict[str, Any]) -> None:
        live.hear(connection, event.get("bytes") or b"")

    try:
        await _converse(connection, receive, send, hear)
    finally:
        await asyncio.shield(hub.spawn(hub.leave_notes(connection, live)))


async def _entrant(
    find: Callable[[Visitor, str, int], Entrant | None],
    visitor: Visitor | None,
    cohort_slug: str,
    session_pk: int,
) -> Entrant | None:
    if visitor is None:
        return None
    try:
        return await in_thread(find, visitor, cohort_slug, session_pk)
    except DatabaseError:
        return None


Hear = Callable[[dict[str, Any]], Awaitable[None]]


async def _converse(connection: Connection, receive: Receive, send: Send, hear: Hear) -> None:
    reader = asyncio.create_task(_read(connection, receive, hear))
    writer = asyncio.create_task(connection.write())
    try:
        ends: set[asyncio.Future[Any]] = {reader, writer, connection.closing}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (reader, writer):
            task.cancel()
        await asyncio.gather(reader, writer, return_exceptions=True)
    if connection.closing.done():
        # Whoever does not read cannot be told; the server drops the line then.
        with contextlib.suppress(Exception):
            code = connection.closing.result()
            close = send({"type": "websocket.close", "code": code})
            await asyncio.wait_for(close, CLOSING_PATIENCE)


async def _read(connection: Connection, receive: Receive, hear: Hear) -> None:
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
            await hear(event)
        except protocol.BadFrame as bad:
            connection.offer(protocol.encode("error", code=bad.code))


async def _answer(
    connection: Connection, room: LiveRoom, frame: protocol.Resume | protocol.Say | protocol.Typing
) -> None:
    if isinstance(frame, protocol.Typing):
        room.presence.types(connection)
        return
    if isinstance(frame, protocol.Resume):
        try:
            await room.lines.resume(connection, frame)
        except DatabaseError:
            connection.offer(protocol.encode("error", code="unavailable", retry_after=3))
        return
    # A line that is being stored is stored and told, also when its sender goes meanwhile.
    await asyncio.shield(room.hub.spawn(room.speech.say(connection, frame)))
