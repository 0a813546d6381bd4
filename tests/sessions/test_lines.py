"""When a room writes its lines to its sockets: at once, and together what comes meanwhile."""

import asyncio
from types import SimpleNamespace

from sessions import protocol
from sessions.hub import lines as module
from sessions.hub.lines import Lines
from sessions.models import ChatMessage
from sessions.room_state import Changes, Head


class Socket:
    """As much of a connection as lines are written to; what it was given at a time."""

    is_caught_up = True

    def __init__(self, seq=0):
        self.seq = seq
        self.given = []

    def offer(self, *frames):
        self.given.append(frames)

    async def hears(self, times):
        while len(self.given) < times:
            await asyncio.sleep(0.01)


def room_of(*sockets):
    room = SimpleNamespace(pk=1, connections=sockets)
    room.tell = lambda frame: [socket.offer(frame) for socket in sockets]
    room.lines = Lines(room)
    return room


def test_what_comes_while_a_line_is_written_goes_out_together():
    async def talk():
        socket = Socket()
        lines = room_of(socket).lines
        for seq in (1, 2, 3):
            lines.take(seq, f"no {seq}")
        await socket.hears(2)
        assert socket.given == [("no 1",), ("no 2", "no 3")]

        await asyncio.sleep(2 * module.LONGEST_REST)
        lines.take(4, "no 4")
        assert socket.given[2:] == [("no 4",)]

    asyncio.run(talk())


def test_each_socket_gets_what_it_has_not_had():
    async def talk():
        behind, ahead, away = Socket(), Socket(), Socket()
        lines = room_of(behind, ahead, away).lines
        away.is_caught_up = False
        for seq in (1, 2, 3):
            lines.take(seq, f"no {seq}")
        ahead.seq = 2  # it came back meanwhile, and read the second one from the database
        await behind.hears(2)

        assert behind.given == [("no 1",), ("no 2", "no 3")]
        assert ahead.given == [("no 1",), ("no 3",)]
        assert away.given == []

    asyncio.run(talk())


def test_a_line_that_is_early_waits_for_the_one_before():
    async def talk():
        socket = Socket()
        lines = room_of(socket).lines
        lines.take(2, "no 2")
        assert socket.given == []
        lines.take(1, "no 1")
        lines.take(1, "no 1 again")
        assert socket.given == [("no 1", "no 2")]
        lines.shut()

    asyncio.run(talk())


def test_a_line_is_written_before_what_changed_about_it(monkeypatch):
    removed = ChatMessage(seq=2, rev=1, removed_at="2026-05-01")

    async def database(ask, *_args):
        return {"head": Head("", 2, 1), "lines_after": [], "changes_after": Changes([removed], {})}[
            ask.__name__
        ]

    monkeypatch.setattr(module, "in_thread", database)

    async def talk():
        socket = Socket()
        lines = room_of(socket).lines
        lines.take(1, "no 1")
        lines.take(2, "no 2")
        await lines.heal()
        deleted = protocol.encode("delete", seq=2, rev=1)
        assert socket.given == [("no 1",), ("no 2",), (deleted,)]
        lines.shut()

    asyncio.run(talk())
