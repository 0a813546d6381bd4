"""All live rooms of this process."""

import asyncio
import logging
import uuid
from collections.abc import Coroutine
from typing import Any
from weakref import WeakKeyDictionary

from django.db import Error as DatabaseError

from cohort.live import cohort_group, member_group, user_group
from cohort.sockets import in_thread
from sessions import room_state
from sessions.hub.connection import TOO_MANY, TRY_LATER, Connection
from sessions.hub.ear import TEND, Ear
from sessions.hub.notes import LiveNotes
from sessions.hub.room import LiveRoom
from sessions.hub.speech import Pace

logger = logging.getLogger(__name__)

# Seconds between two looks at who may stay, however often it changes.
ACCESS_PATIENCE = 1.0
# Windows of one person; each may have the chat and the notes open.
SOCKETS_PER_USER = 5


class Hub:
    """The rooms, who is in them, and what the channel layer tells them."""

    def __init__(self) -> None:
        self.name = uuid.uuid4().hex
        self.rooms: dict[int, LiveRoom] = {}
        self.notes: dict[int, LiveNotes] = {}
        self.connections: set[Connection] = set()
        self.ear = Ear(self.spawn, self._dispatch)
        self.pace = Pace()
        self._tasks: set[asyncio.Task[None]] = set()
        self._running: list[asyncio.Task[None]] = []
        self._access_timer: asyncio.TimerHandle | None = None

    # ------------------------------------------------------------ coming and going

    async def join(self, connection: Connection, session_pk: int) -> LiveRoom:
        self._admit(connection)
        room = self.rooms.get(session_pk)
        if room is None:
            room = self.rooms[session_pk] = LiveRoom(self, session_pk)
            room.enter(connection)
            await room.open()
        else:
            room.enter(connection)
            await room.opened.wait()
        if not room.lines.head.epoch:
            connection.close(TRY_LATER)
        return room

    def leave(self, connection: Connection, room: LiveRoom) -> None:
        self._dismiss(connection)
        room.leave(connection)
        if not room.connections and self.rooms.get(room.pk) is room:
            del self.rooms[room.pk]
            room.shut()

    async def join_notes(self, connection: Connection, session_pk: int) -> LiveNotes:
        self._admit(connection)
        live = self.notes.get(session_pk)
        if live is None:
            live = self.notes[session_pk] = LiveNotes(self, session_pk)
            live.connections.add(connection)
            await live.open()
        else:
            live.connections.add(connection)
            await live.opened.wait()
        if not live.is_open:
            connection.close(TRY_LATER)
        return live

    async def leave_notes(self, connection: Connection, live: LiveNotes) -> None:
        self._dismiss(connection)
        live.connections.discard(connection)
        if live.connections:
            live.tell_writers()
        elif self.notes.get(live.pk) is live:
            del self.notes[live.pk]
            await live.shut()

    def _admit(self, connection: Connection) -> None:
        if not self._running:
            self._running = [
                asyncio.create_task(self.ear.listen()),
                asyncio.create_task(self._tend()),
            ]
        self._make_way_for(connection)
        self.connections.add(connection)
        for group in _groups(connection):
            self.ear.subscribe(group)

    def _dismiss(self, connection: Connection) -> None:
        self.connections.discard(connection)
        for group in _groups(connection):
            self.ear.unsubscribe(group)

    def _make_way_for(self, connection: Connection) -> None:
        """A sixth socket of one person lets the eldest go: mostly one that died unnoticed."""
        user_pk = connection.visitor.user_pk
        same = [
            c
            for c in self.connections
            if c.visitor.user_pk == user_pk and c.place == connection.place and not c.closing.done()
        ]
        if len(same) >= SOCKETS_PER_USER:
            min(same, key=lambda c: c.since).close(TOO_MANY)

    # ------------------------------------------------------------ work of its own

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run to its end, also when the socket that asked for it is gone."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("A room's task failed", exc_info=error)

    async def _tend(self) -> None:
        """Ask the database what rooms missed, and hear oneself through Redis.

        What Redis lost leaves no trace here: a few seconds without it, and nobody would know that
        something was said. While it is away nobody hears either that their access ended.
        """
        while True:
            await asyncio.sleep(TEND)
            if not self.rooms and not self.notes:
                continue
            self.ear.tend()
            await self._catch_up()
            if self.ear.is_deaf:
                self._check_all()

    async def _catch_up(self) -> None:
        try:
            heads = await in_thread(room_state.heads, list(self.rooms), list(self.notes))
            for pk, head in heads.rooms.items():
                room = self.rooms.get(pk)
                if room and room.lines.is_behind(*head):
                    await room.lines.heal()
            for pk, version in heads.notes.items():
                if live := self.notes.get(pk):
                    await live.catch_up(version)
        except DatabaseError as error:
            logger.warning("Rooms could not be caught up: %r", error)

    # ------------------------------------------------------------ what is heard

    def _dispatch(self, message: dict[str, Any]) -> None:
        kind = message.get("type")
        room = self.rooms.get(message.get("room", 0))
        if kind == "access.changed":
            self._access_changed()
        elif kind == "notes.update":
            if live := self.notes.get(message["notes"]):
                live.heard(message["process"], message["update"])
        elif room and kind == "room.line":
            room.lines.take(message["seq"], message["frame"])
        elif room and kind == "room.here":
            room.presence.heard(message["process"], message["people"])
        elif room and kind == "room.typing":
            room.presence.heard_typing(message["process"], message["people"])
        elif room and kind == "room.moved":
            room.lines.moved_on()
        elif room and kind == "room.changed":
            self.spawn(room.check())

    def _access_changed(self) -> None:
        """Look at once, and once more after a while, for what was told in the meantime."""
        if self._access_timer is None:
            loop = asyncio.get_running_loop()
            self._access_timer = loop.call_later(ACCESS_PATIENCE, self._look_again)
            self._check_all()

    def _look_again(self) -> None:
        self._access_timer = None
        self._check_all()

    def _check_all(self) -> None:
        for room in self.rooms.values():
            self.spawn(room.check())
        for live in self.notes.values():
            self.spawn(live.check())


def _groups(connection: Connection) -> tuple[str, str, str]:
    """Where it is told that the access of whoever is at this socket may have changed."""
    return (
        member_group(connection.member_pk),
        user_group(connection.visitor.user_pk),
        cohort_group(connection.cohort_pk),
    )


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def current_hub() -> Hub:
    """The hub of this process (of its event loop, to be exact)."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
