"""The live rooms of this process.

A room is one member of the channel layer here, however many sockets it has: a line is encoded
once and handed to each socket's own bounded queue. The layer only hints; the database decides
what was said, and whoever sees a gap reads it there.
"""

import asyncio
import logging
import time
import uuid
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.db import Error as DatabaseError

from cohort.live import cohort_group, member_group, user_group
from cohort.sockets import Visitor, in_thread
from sessions import protocol, room_state
from sessions.live import room_group
from sessions.models import ChatMessage
from sessions.room_state import Entrant, Head
from sessions.services import chat

logger = logging.getLogger(__name__)

# Seconds.
BEAT = 20.0
LAYER_PATIENCE = 2.0
TEND = 3.0
GAP_PATIENCE = 0.05
ACCESS_PATIENCE = 1.0
HERE_PATIENCE = 0.8

QUEUE = 500
SOCKETS_PER_USER = 5
LINES, LINES_WINDOW = 10, 10.0
REPLAY_LIMIT = 1000
NAMES_SHOWN = 100
REMEMBERED = 1000

SIGNED_OUT, FORBIDDEN, TOO_SLOW, TOO_MANY, TOO_FAST = 4401, 4403, 4408, 4409, 4429
TRY_LATER = 1013


class Connection:
    """One socket: who is there, how far they have come, and what waits to be written to them."""

    def __init__(self, send: Callable[[dict[str, Any]], Awaitable[None]], visitor: Visitor) -> None:
        self._send = send
        self._frames: asyncio.Queue[str] = asyncio.Queue(QUEUE)
        self.visitor = visitor
        self.since = time.monotonic()
        self.member_pk = 0
        self.cohort_pk = 0
        self.may_write = False
        self.person: dict[str, Any] | None = None
        self.seq = 0
        self.is_caught_up = False
        self.closing: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def become(self, entrant: Entrant) -> None:
        self.member_pk = entrant.member.pk
        self.cohort_pk = entrant.member.cohort_id
        self.may_write = entrant.may_write
        self.person = protocol.person(entrant.member)

    def offer(self, frame: str) -> None:
        """Queue a frame; whoever does not read theirs is let go, so that others need not wait."""
        try:
            self._frames.put_nowait(frame)
        except asyncio.QueueFull:
            self.close(TOO_SLOW)

    def close(self, code: int) -> None:
        if not self.closing.done():
            self.closing.set_result(code)

    async def write(self) -> None:
        while True:
            await self._send({"type": "websocket.send", "text": await self._frames.get()})


class LiveRoom:
    """A room with somebody of this process in it."""

    def __init__(self, hub: "Hub", session_pk: int) -> None:
        self.hub = hub
        self.pk = session_pk
        self.connections: set[Connection] = set()
        self.head = Head()
        self.opened = asyncio.Event()
        self.speaking = asyncio.Lock()
        self._healing = asyncio.Lock()
        self._early: dict[int, str] = {}
        self._gap: asyncio.TimerHandle | None = None
        self._sent: OrderedDict[tuple[int, uuid.UUID], int] = OrderedDict()
        self._elsewhere: dict[str, tuple[float, list[dict[str, Any]]]] = {}
        self._here_timer: asyncio.TimerHandle | None = None
        self.here_frame = ""

    # ------------------------------------------------------------ coming and going

    async def open(self) -> None:
        self.hub.subscribe(room_group(self.pk))
        try:
            self.head = await in_thread(room_state.head, self.pk)
        except DatabaseError:
            logger.warning("Room %s could not be opened", self.pk, exc_info=True)
        self.opened.set()
        self.hub.spawn(self._beat())

    def enter(self, connection: Connection) -> None:
        self.connections.add(connection)
        self.people_changed()

    def leave(self, connection: Connection) -> None:
        self.connections.discard(connection)
        self.people_changed()

    def shut(self) -> None:
        self._publish_here([])
        self.hub.unsubscribe(room_group(self.pk))
        for timer in (self._gap, self._here_timer):
            if timer:
                timer.cancel()

    # ------------------------------------------------------------ what was said

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
            for connection in self.connections:
                if connection.is_caught_up and connection.seq < seq:
                    connection.seq = seq
                    connection.offer(frame)

    def _mend(self) -> None:
        self._gap = None
        if self._early:
            self.hub.spawn(self.heal())

    async def heal(self) -> None:
        """Read what the layer did not bring: lines, and changes to lines."""
        async with self._healing:
            while lines := await in_thread(room_state.lines_after, self.pk, self.head.seq):
                for line in lines:
                    # Lines commit in their order, so a number missing here will never come.
                    self.head = Head(
                        self.head.epoch, max(self.head.seq, line.seq - 1), self.head.rev
                    )
                    self.take(line.seq, protocol.msg(line))
            self._early = {seq: f for seq, f in self._early.items() if seq > self.head.seq}
            while lines := await in_thread(room_state.changes_after, self.pk, self.head.rev):
                for line in lines:
                    self._tell(protocol.change(line))
                self.head = Head(self.head.epoch, self.head.seq, lines[-1].rev)

    def is_behind(self, seq: int, rev: int) -> bool:
        return seq > self.head.seq or rev > self.head.rev

    def _tell(self, frame: str) -> None:
        for connection in self.connections:
            if connection.is_caught_up:
                connection.offer(frame)

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
            lines = await in_thread(room_state.lines_after, self.pk, seq)
            changed = await in_thread(room_state.changes_after, self.pk, rev)
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
        if self.here_frame:
            connection.offer(self.here_frame)

    # ------------------------------------------------------------ saying

    async def say(self, connection: Connection, said: protocol.Say) -> None:
        """Store a line, acknowledge it and give it to everybody; or say why not."""
        key = (connection.member_pk, said.client_id)
        client_id = str(said.client_id)
        async with self.speaking:
            if key in self._sent:
                connection.offer(protocol.encode("ack", client_id=client_id, seq=self._sent[key]))
                return
            wait = self.hub.must_wait(connection.visitor.user_pk)
            if wait:
                connection.offer(
                    protocol.encode("error", code="slow", client_id=client_id, retry_after=wait)
                )
                return
            try:
                line = await in_thread(
                    chat.say,
                    session_pk=self.pk,
                    member_pk=connection.member_pk,
                    client_id=said.client_id,
                    body=said.text,
                )
            except chat.Refused as refused:
                connection.offer(protocol.encode("error", code=refused.code, client_id=client_id))
                return
            except DatabaseError:
                logger.warning("A line could not be stored", exc_info=True)
                connection.offer(
                    protocol.encode("error", code="unavailable", client_id=client_id, retry_after=3)
                )
                return
            self._remember(key, line.seq)
            connection.offer(protocol.encode("ack", client_id=client_id, seq=line.seq))
            self._publish(line)

    def _remember(self, key: tuple[int, uuid.UUID], seq: int) -> None:
        self._sent[key] = seq
        if len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)

    def _publish(self, line: ChatMessage) -> None:
        frame = protocol.msg(line)
        self.take(line.seq, frame)
        self.hub.publish(
            room_group(self.pk),
            {"type": "room.line", "room": self.pk, "seq": line.seq, "frame": frame},
        )

    # ------------------------------------------------------------ who is here

    def people_changed(self) -> None:
        """Tell who is here, soon, and less often the more there are to tell."""
        if self._here_timer is None:
            wait = HERE_PATIENCE + len(self.connections) / 200
            self._here_timer = asyncio.get_running_loop().call_later(wait, self._tell_here)

    def _tell_here(self) -> None:
        self._here_timer = None
        mine = self._people()
        self._publish_here(mine)
        self._show_here(mine)

    def _publish_here(self, mine: list[dict[str, Any]]) -> None:
        self.hub.publish(
            room_group(self.pk),
            {"type": "room.here", "room": self.pk, "process": self.hub.name, "people": mine},
        )

    def heard_here(self, process: str, people: list[dict[str, Any]]) -> None:
        if process == self.hub.name:
            return
        is_new = process not in self._elsewhere
        self._elsewhere[process] = (time.monotonic(), people)
        self._show_here(self._people())
        if is_new:
            self.people_changed()

    def _people(self) -> list[dict[str, Any]]:
        by_id = {c.member_pk: protocol.name_of(c.person) for c in self.connections if c.person}
        return list(by_id.values())

    def _show_here(self, mine: list[dict[str, Any]]) -> None:
        oldest = time.monotonic() - 3 * BEAT
        self._elsewhere = {p: (at, w) for p, (at, w) in self._elsewhere.items() if at > oldest}
        people = {who["id"]: who for _at, theirs in self._elsewhere.values() for who in theirs}
        people |= {who["id"]: who for who in mine}
        named = sorted(people.values(), key=lambda who: (who["name"].casefold(), who["id"]))
        frame = protocol.here(len(named), named[:NAMES_SHOWN])
        if frame != self.here_frame:
            self.here_frame = frame
            self._tell(frame)

    # ------------------------------------------------------------ beats

    async def _beat(self) -> None:
        while self.connections or not self.opened.is_set():
            await asyncio.sleep(BEAT)
            await self.check()
            frame = protocol.encode("beat", head_seq=self.head.seq, head_rev=self.head.rev)
            for connection in self.connections:
                connection.offer(frame)
            if self._elsewhere:
                self.people_changed()

    async def check(self) -> None:
        """Look into the database: what is missing here, who may stay, who may write."""
        inside = list(self.connections)
        try:
            state = await in_thread(
                room_state.state,
                self.pk,
                {c.visitor for c in inside},
                {c.member_pk for c in inside},
            )
            if self.is_behind(state.head.seq, state.head.rev):
                await self.heal()
        except DatabaseError:
            logger.warning("Room %s could not be checked", self.pk, exc_info=True)
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


class Hub:
    """All live rooms of this process, and its one ear on the channel layer."""

    def __init__(self) -> None:
        self.name = uuid.uuid4().hex
        self.rooms: dict[int, LiveRoom] = {}
        self.connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._running: list[asyncio.Task[None]] = []
        self._channel = ""
        self._wanted: dict[str, int] = {}
        self._held: set[str] = set()
        self._joining: set[str] = set()
        self._heard_at = 0.0
        self._access_timer: asyncio.TimerHandle | None = None
        self._said: dict[int, deque[float]] = {}

    # ------------------------------------------------------------ coming and going

    async def join(self, connection: Connection, session_pk: int) -> LiveRoom:
        if not self._running:
            self._running = [
                asyncio.create_task(self._listen()),
                asyncio.create_task(self._tend()),
            ]
        self._make_way_for(connection)
        self.connections.add(connection)
        room = self.rooms.get(session_pk)
        if room is None:
            room = self.rooms[session_pk] = LiveRoom(self, session_pk)
            room.enter(connection)
            await room.open()
        else:
            room.enter(connection)
            await room.opened.wait()
        if not room.head.epoch:
            connection.close(TRY_LATER)
        for group in _groups(connection):
            self.subscribe(group)
        return room

    def leave(self, connection: Connection, room: LiveRoom) -> None:
        self.connections.discard(connection)
        for group in _groups(connection):
            self.unsubscribe(group)
        room.leave(connection)
        if not room.connections and self.rooms.get(room.pk) is room:
            del self.rooms[room.pk]
            room.shut()

    def _make_way_for(self, connection: Connection) -> None:
        """A sixth socket of one person lets the eldest go: mostly one that died unnoticed."""
        user_pk = connection.visitor.user_pk
        same = [
            c for c in self.connections if c.visitor.user_pk == user_pk and not c.closing.done()
        ]
        if len(same) >= SOCKETS_PER_USER:
            min(same, key=lambda c: c.since).close(TOO_MANY)

    def must_wait(self, user_pk: int) -> float:
        """Seconds until this person may send another line; 0 counts it as sent now."""
        now = time.monotonic()
        said = self._said.setdefault(user_pk, deque())
        while said and said[0] <= now - LINES_WINDOW:
            said.popleft()
        if len(said) >= LINES:
            return round(said[0] + LINES_WINDOW - now + 0.05, 2)
        said.append(now)
        return 0.0

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

    # ------------------------------------------------------------ the channel layer

    def publish(self, group: str, message: dict[str, Any]) -> None:
        self.spawn(self._send(group, message))

    async def _send(self, group: str, message: dict[str, Any]) -> None:
        try:
            await asyncio.wait_for(get_channel_layer().group_send(group, message), LAYER_PATIENCE)
        except Exception as error:
            logger.warning("Other processes were not told of %s: %r", group, error)

    def subscribe(self, group: str) -> None:
        self._wanted[group] = self._wanted.get(group, 0) + 1
        self._settle(group)

    def unsubscribe(self, group: str) -> None:
        self._wanted[group] = self._wanted.get(group, 0) - 1
        if self._wanted[group] <= 0:
            del self._wanted[group]
        self._settle(group)

    def _settle(self, group: str) -> None:
        if group not in self._joining:
            self._joining.add(group)
            self.spawn(self._settle_group(group))

    async def _settle_group(self, group: str) -> None:
        """Make the layer agree with what is wanted; where Redis is away, `_tend` tries again."""
        layer = get_channel_layer()
        try:
            while self._channel and (group in self._wanted) != (group in self._held):
                if group in self._wanted:
                    await asyncio.wait_for(layer.group_add(group, self._channel), LAYER_PATIENCE)
                    self._held.add(group)
                else:
                    await asyncio.wait_for(
                        layer.group_discard(group, self._channel), LAYER_PATIENCE
                    )
                    self._held.discard(group)
        except Exception as error:
            logger.warning("Could not follow %s: %r", group, error)
        finally:
            self._joining.discard(group)

    async def _listen(self) -> None:
        layer = get_channel_layer()
        while True:
            try:
                self._channel = await asyncio.wait_for(layer.new_channel("hub."), LAYER_PATIENCE)
            except Exception as error:
                logger.warning("Rooms cannot hear other processes: %r", error)
                await asyncio.sleep(TEND)
                continue
            self._held.clear()
            self._heard_at = time.monotonic()
            for group in list(self._wanted):
                self._settle(group)
            await self._hear(layer)

    async def _hear(self, layer: Any) -> None:
        while True:
            message = await layer.receive(self._channel)
            try:
                self._dispatch(message)
            except Exception:
                logger.exception("A message for the rooms was not understood")

    def _dispatch(self, message: dict[str, Any]) -> None:
        kind = message.get("type")
        room = self.rooms.get(message.get("room", 0))
        if kind == "hub.ping":
            self._heard_at = time.monotonic()
        elif kind == "access.changed":
            self._access_changed()
        elif room and kind == "room.line":
            room.take(message["seq"], message["frame"])
        elif room and kind == "room.here":
            room.heard_here(message["process"], message["people"])
        elif room and kind == "room.changed":
            self.spawn(room.check())

    def _access_changed(self) -> None:
        """Look at once, and again a little later: a sign-out is told before it is complete."""
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

    async def _tend(self) -> None:
        """Hear oneself through Redis; while that fails, ask the database what rooms missed."""
        while True:
            await asyncio.sleep(TEND)
            if not self.rooms:
                continue
            for group in self._wanted.keys() ^ self._held:
                self._settle(group)
            if self._channel:
                self.spawn(self._ping())
            if time.monotonic() - self._heard_at > 2 * TEND:
                await self._catch_up()

    async def _ping(self) -> None:
        try:
            await asyncio.wait_for(
                get_channel_layer().send(self._channel, {"type": "hub.ping"}), LAYER_PATIENCE
            )
        except Exception as error:
            logger.info("Redis is away: %r", error)

    async def _catch_up(self) -> None:
        try:
            for pk, (seq, rev) in (await in_thread(room_state.heads, list(self.rooms))).items():
                room = self.rooms.get(pk)
                if room and room.is_behind(seq, rev):
                    await room.heal()
        except DatabaseError as error:
            logger.warning("Rooms could not be caught up: %r", error)


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
