"""Who is here, in this process and in the others."""

import asyncio
import time
from typing import TYPE_CHECKING, Any

from sessions import protocol
from sessions.hub.connection import Connection
from sessions.live import room_group

if TYPE_CHECKING:
    from sessions.hub.room import LiveRoom

# Seconds.
HERE_PATIENCE = 0.8
FORGET_PROCESS = 60.0
TYPING_LASTS = 6.0
TYPING_BUNDLE = 1.5

NAMES_SHOWN = 100
TYPING_SHOWN = 4


class Presence:
    """One room's people. Told in bundles, and less often the more there are to tell."""

    def __init__(self, room: "LiveRoom") -> None:
        self._room = room
        self._elsewhere: dict[str, tuple[float, list[dict[str, Any]]]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._typing: dict[int, tuple[float, dict[str, Any]]] = {}
        self._typing_told: dict[int, float] = {}
        self._typing_timer: asyncio.TimerHandle | None = None
        self._frame = ""
        self._typing_frame = ""

    @property
    def frames(self) -> list[str]:
        """What somebody who comes is told."""
        return [frame for frame in (self._frame, self._typing_frame) if frame]

    def shut(self) -> None:
        self._publish([])
        for timer in (self._timer, self._typing_timer):
            if timer:
                timer.cancel()

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
        if frame != self._frame:
            self._frame = frame
            self._room.tell(frame)

    # ------------------------------------------------------------ who is writing

    def types(self, connection: Connection) -> None:
        """Somebody here is writing. Told in bundles, and only when it is news."""
        if connection.person and connection.may_write:
            who, now = protocol.name_of(connection.person), time.monotonic()
            self._note([who])
            if now - self._typing_told.get(who["id"], 0) > TYPING_LASTS / 2:
                self._typing_told[who["id"]] = now
                self._room.hub.ear.publish(
                    room_group(self._room.pk),
                    {
                        "type": "room.typing",
                        "room": self._room.pk,
                        "process": self._room.hub.name,
                        "people": [who],
                    },
                )

    def heard_typing(self, process: str, people: list[dict[str, Any]]) -> None:
        if process != self._room.hub.name:
            self._note(people)

    def left(self, member_pk: int) -> None:
        """One window of theirs is closed; with the last one nobody is writing any more."""
        if all(connection.member_pk != member_pk for connection in self._room.connections):
            self.stopped_typing(member_pk)
        self.changed()

    def stopped_typing(self, member_pk: int) -> None:
        """Their line is there, or they left."""
        self._typing.pop(member_pk, None)

    def _note(self, people: list[dict[str, Any]]) -> None:
        until = time.monotonic() + TYPING_LASTS
        self._typing |= {who["id"]: (until, who) for who in people}
        self._plan_typing()

    def _plan_typing(self) -> None:
        if self._typing_timer is None:
            loop = asyncio.get_running_loop()
            self._typing_timer = loop.call_later(TYPING_BUNDLE, self._tell_typing)

    def _tell_typing(self) -> None:
        self._typing_timer = None
        now = time.monotonic()
        self._typing = {pk: (at, who) for pk, (at, who) in self._typing.items() if at > now}
        people = [who for _at, who in self._typing.values()][:TYPING_SHOWN]
        frame = protocol.typing([{"id": who["id"], "name": who["name"]} for who in people])
        if frame != self._typing_frame and (people or self._typing_frame):
            self._typing_frame = frame
            self._room.tell(frame)
        if people:
            self._plan_typing()
        else:
            self._typing_frame = ""
