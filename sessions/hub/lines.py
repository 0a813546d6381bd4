"""The order of a room's lines: what is next is passed on, what is missing is read."""

import asyncio
from typing import TYPE_CHECKING

from cohort.sockets import in_thread
from sessions import protocol, room_state
from sessions.hub.connection import Connection
from sessions.room_state import Head

if TYPE_CHECKING:
    from sessions.hub.room import LiveRoom

GAP_PATIENCE = 0.05  # seconds
REPLAY_LIMIT = 1000


class Lines:
    """How far a room has come here, and what arrived before its turn."""

    def __init__(self, room: "LiveRoom") -> None:
        self._room = room
        self.head = Head()
        self._healing = asyncio.Lock()
        self._early: dict[int, str] = {}
        self._gap: asyncio.TimerHandle | None = None

    def shut(self) -> None:
        if self._gap:
            self._gap.cancel()

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
            seq = self.head.seq + 1
            self.head = Head(self.head.epoch, seq, self.head.rev)
            for connection in self._room.connections:
                if connection.is_caught_up and connection.seq < seq:
                    connection.seq = seq
                    connection.offer(frame)

    def _mend(self) -> None:
        self._gap = None
        if self._early:
            self._room.hub.spawn(self.heal())

    async def heal(self) -> None:
        """Read what the layer did not bring: lines, and changes to lines."""
        room_pk = self._room.pk
        async with self._healing:
            while lines := await in_thread(room_state.lines_after, room_pk, self.head.seq):
                for line in lines:
                    # Lines commit in their order, so a number missing here will never come.
                    self.head = Head(
                        self.head.epoch, max(self.head.seq, line.seq - 1), self.head.rev
                    )
                    self.take(line.seq, protocol.msg(line))
            self._early = {seq: f for seq, f in self._early.items() if seq > self.head.seq}
            while lines := await in_thread(room_state.changes_after, room_pk, self.head.rev):
                for line in lines:
                    self._room.tell(protocol.change(line))
                self.head = Head(self.head.epoch, self.head.seq, lines[-1].rev)

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
            lines = await in_thread(room_state.lines_after, self._room.pk, seq)
            changed = await in_thread(room_state.changes_after, self._room.pk, rev)
            for line in lines:
                connection.offer(protocol.msg(line))
                seq = line.seq
            for line in changed:
                connection.offer(protocol.change(line))
                rev = line.rev
            if not lines and not changed:
                break
        connection.seq = seq
        connection.is_caught_up = True
        if self._room.presence.frame:
            connection.offer(self._room.presence.frame)
