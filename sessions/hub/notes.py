"""A session's shared notes with somebody of this process in them.

The document lives here while people write. It is merged into the database within a second or so,
under its row's lock; what other processes saved meanwhile comes back by that, also without Redis.
Everything about a CRDT's updates may arrive twice and in any order.
"""

import asyncio
import base64
import binascii
import logging
from typing import TYPE_CHECKING

from django.db import Error as DatabaseError

from cohort.sockets import in_thread
from sessions import protocol, room_state
from sessions.hub.connection import FORBIDDEN, SIGNED_OUT, Connection
from sessions.live import notes_group
from sessions.models import NOTES_LIMIT
from sessions.services import notes
from sessions.services.refusals import Refused

if TYPE_CHECKING:
    from sessions.hub.hub import Hub

logger = logging.getLogger(__name__)

# Seconds.
SAVE_AFTER = 1.0
SAVE_AGAIN = 3.0
BEAT = 20.0

SAVE_ATTEMPTS = 20

# The first byte of a binary frame.
WANTS, UPDATE = 0, 1
# Servers take frames up to 512 KB; a whole document always fits.
UPDATE_LIMIT = 500_000
FULL = 4413


class LiveNotes:
    """One document, and those who have it open."""

    def __init__(self, hub: "Hub", session_pk: int) -> None:
        self.hub = hub
        self.pk = session_pk
        self.connections: set[Connection] = set()
        self.opened = asyncio.Event()
        self.version = 0
        self.is_open = False
        self._doc = notes.document()
        self._unsaved = False
        self._timer: asyncio.TimerHandle | None = None
        self._saving = asyncio.Lock()

    async def open(self) -> None:
        self.hub.ear.subscribe(notes_group(self.pk))
        try:
            await self._read()
            self.is_open = True
        except DatabaseError:
            logger.warning("Notes %s could not be opened", self.pk, exc_info=True)
        self.opened.set()
        self.hub.spawn(self._beat())

    async def shut(self) -> None:
        """The last one left: their last words are kept here until the database takes them."""
        for _attempt in range(SAVE_ATTEMPTS):
            await self.save()
            if not self._unsaved:
                break
            await asyncio.sleep(SAVE_AGAIN)
        if self._timer:
            self._timer.cancel()
        self.hub.ear.unsubscribe(notes_group(self.pk))

    async def _read(self) -> None:
        stored = await in_thread(notes.load, self.pk)
        self._take_in(stored.state)
        self.version = stored.version

    # ------------------------------------------------------------ frames

    def greet(self, connection: Connection) -> None:
        """Ask a browser for what it wrote without us."""
        connection.offer(bytes([WANTS]) + self._doc.get_state())
        self.tell_writers()

    def hear(self, connection: Connection, frame: bytes) -> None:
        """Answer what one lacks, or take what one wrote. Raises protocol.BadFrame."""
        kind, body = frame[:1], frame[1:]
        if kind not in (bytes([WANTS]), bytes([UPDATE])):
            raise protocol.BadFrame("unknown_type")
        try:
            if kind == bytes([WANTS]):
                connection.offer(bytes([UPDATE]) + self._doc.get_update(body))
            else:
                self._write(connection, body)
        except ValueError as error:
            raise protocol.BadFrame("bad_frame") from error

    def _write(self, connection: Connection, update: bytes) -> None:
        if not connection.may_write:
            connection.offer(protocol.encode("error", code="forbidden"))
            return
        if len(update) > UPDATE_LIMIT or self._would_be_full(update):
            connection.offer(protocol.encode("error", code="full"))
            connection.close(FULL)
            return
        self._doc.apply_update(update)
        self._tell(bytes([UPDATE]) + update, but=connection)
        packed = base64.b64encode(update).decode()
        self.hub.ear.publish(
            notes_group(self.pk),
            {"type": "notes.update", "notes": self.pk, "process": self.hub.name, "update": packed},
        )
        self._plan(SAVE_AFTER)

    def _would_be_full(self, update: bytes) -> bool:
        """Looked into only where it could be: trying it out costs a copy of the document."""
        if len(notes.words_of(self._doc)) + len(update) <= NOTES_LIMIT:
            return False
        trial = notes.document(self._doc.get_update())
        before = len(notes.words_of(trial))
        trial.apply_update(update)
        state = trial.get_update()
        # Taking something out must go, also where there is too much.
        return notes.is_full(trial, state) and len(notes.words_of(trial)) >= before

    def heard(self, process: str, packed: str) -> None:
        """Another process' people wrote something."""
        if process == self.hub.name:
            return
        try:
            update = base64.b64decode(packed, validate=True)
            self._doc.apply_update(update)
        except (binascii.Error, ValueError):
            logger.warning("An update of notes %s was not understood", self.pk)
            return
        self._tell(bytes([UPDATE]) + update)

    def _take_in(self, state: bytes) -> None:
        """What is stored becomes part of what is here, and of everybody's window."""
        if not state:
            return
        before, vector = self._doc.get_update(), self._doc.get_state()
        self._doc.apply_update(state)
        if self._doc.get_update() != before:
            self._tell(bytes([UPDATE]) + self._doc.get_update(vector))

    def _tell(self, frame: bytes | str, but: Connection | None = None) -> None:
        for connection in self.connections:
            if connection is not but:
                connection.offer(frame)

    def tell_writers(self) -> None:
        people = {c.member_pk: protocol.name_of(c.person) for c in self.connections if c.person}
        shown = sorted(people.values(), key=lambda who: who["name"].casefold())[:30]
        self._tell(protocol.encode("here", count=len(people), people=shown))

    # ------------------------------------------------------------ saving

    def _plan(self, seconds: float) -> None:
        self._unsaved = True
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(seconds, self._save_soon)

    def _save_soon(self) -> None:
        self._timer = None
        self.hub.spawn(self.save())

    async def save(self) -> None:
        """Merge into the database what is not there yet; where that fails, try again."""
        async with self._saving:
            if not self._unsaved:
                return
            self._unsaved = False
            update = self._doc.get_update()
            try:
                stored = await in_thread(notes.save, session_pk=self.pk, update=update)
            except Refused:
                self._tell(protocol.encode("error", code="full"))
                return
            except DatabaseError:
                logger.warning("Notes %s could not be saved yet", self.pk, exc_info=True)
                self._plan(SAVE_AGAIN)
                return
            self.version = stored.version
            self._take_in(stored.state)
            if not self._unsaved:
                self._tell(protocol.encode("saved", version=self.version))

    async def catch_up(self, version: int) -> None:
        """Read what others saved, if the database has another version. Raises DatabaseError."""
        if version != self.version:
            await self._read()

    # ------------------------------------------------------------ who may stay

    async def _beat(self) -> None:
        while self.connections:
            await asyncio.sleep(BEAT)
            await self.check()
            self._tell(protocol.encode("beat"))

    async def check(self) -> None:
        inside = list(self.connections)
        visitors, members = {c.visitor for c in inside}, {c.member_pk for c in inside}
        try:
            state = await in_thread(room_state.notes_state, self.pk, visitors, members)
        except DatabaseError:
            logger.warning("Notes %s could not be checked", self.pk, exc_info=True)
            return
        for connection in inside:
            entrant = state.entrants.get(connection.member_pk)
            if connection.visitor not in state.signed_in:
                connection.close(SIGNED_OUT)
            elif entrant is None:
                connection.close(FORBIDDEN)
            elif entrant.may_write != connection.may_write:
                connection.become(entrant)
                connection.offer(protocol.encode("state", may_write=entrant.may_write))
