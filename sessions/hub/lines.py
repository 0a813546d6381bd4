"""The order of a room's lines: what is next is passed on, what is missing is read."""

import asyncio
import time
from typing import TYPE_CHECKING

from cohort.sockets import in_thread
from sessions import protocol, room_state
from sessions.hub.connection import Connection
from sessions.room_state import Head

if TYPE_CHECKING:
    from sessions.hub.room import LiveRoom

# Seconds.
GAP_PATIENCE = 0.05
BUNDLE = 0.25
LONGEST_REST = 0.1

REPLAY_LIMIT = 1000


class Lines:
    """How far a room has come here, and what arrived before its turn."""

    def __init__(self, room: "LiveRoom") -> None:
        self._room = room
        self.head = Head()
        self._healing = asyncio.Lock()
        self._early: dict[int, str] = {}
        self._going: list[tuple[int, str]] = []
        self._resting: asyncio.TimerHandle | None = None
        self._gap: asyncio.TimerHandle | None = None
        self._soon: asyncio.TimerHandle | None = None

    def shut(self) -> None:
        for timer in (self._gap, self._soon, self._resting):
            if timer:
                timer.cancel()

    def is_behind(self, seq: int, rev: int) -> bool:
        return seq > self.head.seq or rev > self.head.rev

    def take(self, seq: int, frame: str) -> None:
        """A line has arrived: pass it on if it is next, keep it if it is early."""
        if seq <= self.head.seq:
            return
        self._early[seq] = frame
        self._pass_on()
        if self._early and self._gap is None:
            # The one before is mostly on its way; if not, the database has it.
            loop = asyncio.get_running_loop()
            self._gap = loop.call_later(GAP_PATIENCE, self._mend)

    def _pass_on(self) -> None:
        while (frame := self._early.pop(self.head.seq + 1, None)) is not None:
            self._go(seq=self.head.seq + 1)
            self._going.append((self.head.seq, frame))
        if self._resting is None:
            self._write()

    def _write(self) -> None:
        """Write what has its turn to every socket, then rest for as long as that took.

        What comes meanwhile goes out together: to thousands of sockets it is the writing that
        takes time, hardly what is written. So a room that is told more than it can pass on line
        by line does not fall behind, and half of the time is left for everything else.
        """
        going, self._going = self._going, []
        if not going:
            return
        begun = time.monotonic()
        latest, bundles = going[-1][0], dict[int, tuple[str, ...]]()
        for connection in self._room.connections:
            since = connection.seq
            if connection.is_caught_up and since < latest:
                if since not in bundles:
                    bundles[since] = tuple(frame for seq, frame in going if seq > since)
                connection.seq = latest
                connection.offer(*bundles[since])
        if self._resting:
            self._resting.cancel()
        took = min(time.monotonic() - begun, LONGEST_REST)
        self._resting = asyncio.get_running_loop().call_later(took, self._go_on)

    def _go_on(self) -> None:
        self._resting = None
        self._write()

    def _mend(self) -> None:
        self._gap = None
        if self._early:
            self._room.hub.spawn(self.heal())

    def moved_on(self) -> None:
        """Something has a new `rev`: read it soon, together with what follows at once."""
        if self._soon is None:
            loop = asyncio.get_running_loop()
            self._soon = loop.call_later(BUNDLE, self._read_changes)

    def _read_changes(self) -> None:
        self._soon = None
        self._room.hub.spawn(self.heal())

    async def heal(self) -> None:
        """Read what the layer did not bring: lines, and changes in the room."""
        room_pk = self._room.pk
        async with self._healing:
            # What is committed by now has at most this `rev`, also where nothing is left of it.
            now = await in_thread(room_state.head, room_pk)
            while lines := await in_thread(room_state.lines_after, room_pk, self.head.seq):
                for line in lines:
                    # Lines commit in their order, so a number missing here will never come.
                    self._go(seq=max(self.head.seq, line.seq - 1))
                    self.take(line.seq, protocol.msg(line))
            self._early = {seq: f for seq, f in self._early.items() if seq > self.head.seq}
            while self.head.rev < now.rev:
                changes = await in_thread(room_state.changes_after, room_pk, self.head.rev)
                self._write()  # a line comes before what changed about it
                for thing in changes.things:
                    self._room.tell(protocol.change(thing, changes.tallies))
                self._go(rev=changes.things[-1].rev if changes.things else now.rev)

    def _go(self, *, seq: int = 0, rev: int = 0) -> None:
        head = self.head
        self.head = Head(head.epoch, max(head.seq, seq), max(head.rev, rev))

    async def resume(self, connection: Connection, wish: protocol.Resume) -> None:
        """Bring a socket to where the room is; too far behind, its page is fetched anew."""
        connection.is_caught_up = False
        if self.is_behind(wish.after_seq, wish.after_rev):
            await self.heal()
        if (
            (wish.epoch and wish.epoch != self.head.epoch)
            or self.is_behind(wish.after_seq, wish.after_rev)
            or self.head.seq - wish.after_seq > REPLAY_LIMIT
        ):
            connection.offer(protocol.encode("resync"))
            return
        seq, rev = wish.after_seq, wish.after_rev
        while seq < self.head.seq or rev < self.head.rev:
            seq, rev = await self._replay(connection, seq, rev)
        connection.seq = seq
        connection.is_caught_up = True
        for frame in self._room.presence.frames:
            connection.offer(frame)

    async def _replay(self, connection: Connection, seq: int, rev: int) -> tuple[int, int]:
        """Send the next page of what came after these; how far that brings the socket."""
        head = self.head
        if seq < head.seq:
            lines = await in_thread(room_state.lines_after, self._room.pk, seq)
            for line in lines:
                await connection.give(protocol.msg(line))
            seq = lines[-1].seq if lines else head.seq
        if rev < head.rev:
            changes = await in_thread(room_state.changes_after, self._room.pk, rev)
            for thing in changes.things:
                await connection.give(protocol.change(thing, changes.tallies))
            rev = changes.things[-1].rev if changes.things else head.rev
        return seq, rev
