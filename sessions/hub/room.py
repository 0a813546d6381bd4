"""A room with somebody of this process in it."""

import asyncio
import logging
from typing import TYPE_CHECKING

from django.db import Error as DatabaseError

from cohort.sockets import in_thread
from sessions import protocol, room_state
from sessions.hub.connection import FORBIDDEN, SIGNED_OUT, Connection
from sessions.hub.lines import Lines
from sessions.hub.presence import Presence
from sessions.hub.speech import Speech
from sessions.hub.stays import Stays
from sessions.live import room_group

if TYPE_CHECKING:
    from sessions.hub.hub import Hub

logger = logging.getLogger(__name__)

BEAT = 20.0  # seconds
CHECKED_AT_ONCE = 200


class LiveRoom:
    """Its sockets, and what each part of it needs: lines, speech, presence, stays."""

    def __init__(self, hub: "Hub", session_pk: int) -> None:
        self.hub = hub
        self.pk = session_pk
        self.connections: set[Connection] = set()
        self.opened = asyncio.Event()
        self.lines = Lines(self)
        self.speech = Speech(self)
        self.presence = Presence(self)
        self.stays = Stays(self)

    async def open(self) -> None:
        self.hub.ear.subscribe(room_group(self.pk))
        try:
            self.lines.head = await in_thread(room_state.head, self.pk)
        except DatabaseError:
            logger.warning("Room %s could not be opened", self.pk, exc_info=True)
        self.opened.set()
        self.hub.spawn(self._beat())

    def shut(self) -> None:
        self.presence.shut()
        self.stays.shut()
        self.lines.shut()
        self.hub.ear.unsubscribe(room_group(self.pk))

    def enter(self, connection: Connection) -> None:
        self.connections.add(connection)
        self.presence.changed()
        self.stays.came(connection.member_pk)

    def leave(self, connection: Connection) -> None:
        self.connections.discard(connection)
        self.presence.left(connection.member_pk)
        self.stays.went(connection.member_pk)

    def tell(self, frame: str) -> None:
        """Everybody here who has resumed hears it."""
        for connection in self.connections:
            if connection.is_caught_up:
                connection.offer(frame)

    async def _beat(self) -> None:
        while self.connections or not self.opened.is_set():
            await asyncio.sleep(BEAT)
            await self.check()
            head = self.lines.head
            frame = protocol.beat(head.seq, head.rev)
            for connection in self.connections:
                connection.offer(frame)
            self.presence.beat()
            self.stays.beat()

    async def check(self) -> None:
        """Look into the database: what is missing here, who may stay, who may write.

        Many people are looked at a part at a time, so that lines need not wait for all of it.
        """
        inside = sorted(self.connections, key=lambda connection: connection.member_pk)
        for begin in range(0, len(inside), CHECKED_AT_ONCE):
            await self._check(inside[begin : begin + CHECKED_AT_ONCE])

    async def _check(self, inside: list[Connection]) -> None:
        try:
            state = await in_thread(
                room_state.state,
                self.pk,
                {c.visitor for c in inside},
                {c.member_pk for c in inside},
            )
            if self.lines.is_behind(state.head.seq, state.head.rev):
                await self.lines.heal()
        except DatabaseError:
            logger.warning("Room %s could not be checked", self.pk, exc_info=True)
            return
        for connection in inside:
            entrant = state.entrants.get(connection.member_pk)
            if connection.visitor not in state.signed_in:
                connection.close(SIGNED_OUT)
            elif entrant is None:
                connection.close(FORBIDDEN)
            else:
                before = connection.standing
                connection.become(entrant)
                if connection.standing != before:
                    connection.offer(protocol.encode("state", **connection.standing))
