"""Who is here, in this process and in the others."""

import asyncio
import time
from typing import TYPE_CHECKING, Any

from sessions import protocol
from sessions.live import room_group

if TYPE_CHECKING:
    from sessions.hub.room import LiveRoom

# Seconds.
HERE_PATIENCE = 0.8
FORGET_PROCESS = 60.0

NAMES_SHOWN = 100


class Presence:
    """One room's people. Told in bundles, and less often the more there are to tell."""

    def __init__(self, room: "LiveRoom") -> None:
        self._room = room
        self._elsewhere: dict[str, tuple[float, list[dict[str, Any]]]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self.frame = ""

    def shut(self) -> None:
        self._publish([])
        if self._timer:
            self._timer.cancel()

    def changed(self) -> None:
        if self._timer is None:
            wait = HERE_PATIENCE + len(self._room.connections) / 200
            self._timer = asyncio.get_running_loop().call_later(wait, self._tell)

    def heard(self, process: str, people: list[dict[str, Any]]) -> None:
        """Another process says who is there; our own words come back too."""
        if process == self._room.hub.name:
            return
        is_new = process not in self._elsewhere
        self._elsewhere[process] = (time.monotonic(), people)
        self._show(self._people())
        if is_new:
            self.changed()

    def beat(self) -> None:
        """Other processes forget those who are not told again."""
        if self._elsewhere:
            self.changed()

    def _tell(self) -> None:
        self._timer = None
        mine = self._people()
        self._publish(mine)
        self._show(mine)

    def _publish(self, mine: list[dict[str, Any]]) -> None:
        hub = self._room.hub
        hub.ear.publish(
            room_group(self._room.pk),
            {"type": "room.here", "room": self._room.pk, "process": hub.name, "people": mine},
        )

    def _people(self) -> list[dict[str, Any]]:
        by_id = {
            c.member_pk: protocol.name_of(c.person) for c in self._room.connections if c.person
        }
        return list(by_id.values())

    def _show(self, mine: list[dict[str, Any]]) -> None:
        oldest = time.monotonic() - FORGET_PROCESS
        self._elsewhere = {p: (at, w) for p, (at, w) in self._elsewhere.items() if at > oldest}
        people = {who["id"]: who for _at, theirs in self._elsewhere.values() for who in theirs}
        people |= {who["id"]: who for who in mine}
        named = sorted(people.values(), key=lambda who: (who["name"].casefold(), who["id"]))
        frame = protocol.here(len(named), named[:NAMES_SHOWN])
        if frame != self.frame:
            self.frame = frame
            self._room.tell(frame)
