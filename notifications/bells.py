"""All open bells of this process: one place on the channel layer for all of them.

A page that hears of its bell gets a number and nothing else. Whether it may still have it is asked
with the number, when the layer tells that somebody's access may have changed, and every minute,
since the layer only hints.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from typing import Any
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.db import Error as DatabaseError

from cohort.live import ACCESS, cohort_group, member_group, user_group
from cohort.sockets import in_thread
from notifications import listening
from notifications.listening import Listener
from notifications.live import BELLS

logger = logging.getLogger(__name__)

# Seconds.
LAYER_PATIENCE = 2.0
CHECK = 60.0
# What comes together is counted together.
GATHER = 0.2
SOCKETS_PER_USER = 20

SIGNED_OUT, FORBIDDEN, TOO_MANY = 4401, 4403, 4409


class OpenBell:
    """One page's bell: the number to be written next, and the end of it."""

    def __init__(self, listener: Listener, unread: int) -> None:
        self.listener = listener
        self.unread = unread
        self.is_new = asyncio.Event()
        self.is_new.set()
        self.closing: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def says(self, unread: int) -> None:
        """Of several numbers that nobody has taken yet the last one counts."""
        if unread != self.unread:
            self.unread = unread
            self.is_new.set()

    def close(self, code: int) -> None:
        if not self.closing.done():
            self.closing.set_result(code)


class Bells:
    """The open bells, and what the channel layer tells of them."""

    def __init__(self) -> None:
        self.open: set[OpenBell] = set()
        self._waiting: set[OpenBell] = set()
        self._running: list[asyncio.Task[None]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._gathering: asyncio.TimerHandle | None = None

    def enter(self, one: OpenBell) -> None:
        if not self._running:
            self._running = [asyncio.create_task(work) for work in (self._hear(), self._tend())]
        user_pk = one.listener.visitor.user_pk
        same = [bell for bell in self.open if bell.listener.visitor.user_pk == user_pk]
        if len(same) >= SOCKETS_PER_USER:
            one.close(TOO_MANY)
        self.open.add(one)
        # What came between the count and this.
        self._count([one])

    def leave(self, one: OpenBell) -> None:
        self.open.discard(one)
        self._waiting.discard(one)

    # ------------------------------------------------------------ what is heard

    async def _hear(self) -> None:
        layer = get_channel_layer()
        while True:
            try:
                async with asyncio.timeout(LAYER_PATIENCE):
                    channel: str = await layer.new_channel("bells.")
                    for group in (BELLS, ACCESS):
                        await layer.group_add(group, channel)
            except Exception as error:
                logger.warning("Bells cannot hear other processes: %r", error)
                await asyncio.sleep(GATHER * 10)
                continue
            self._count(self.open)
            while True:
                self._heard(await layer.receive(channel))

    def _heard(self, message: dict[str, Any]) -> None:
        if message["type"] == "bells.changed":
            members = set(message["members"])
            self._count(one for one in self.open if one.listener.member_pk in members)
        elif message["type"] == "access.changed":
            group = message["group"]
            self._count(one for one in self.open if group in _groups(one.listener))

    async def _tend(self) -> None:
        while True:
            await asyncio.sleep(CHECK)
            self._count(self.open)

    # ------------------------------------------------------------ counting

    def _count(self, bells: Iterable[OpenBell]) -> None:
        self._waiting.update(self.open.intersection(bells))
        if self._waiting and self._gathering is None:
            loop = asyncio.get_running_loop()
            self._gathering = loop.call_later(GATHER, self._begin, self._count_waiting)

    def _begin(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._gathering = None
        task = asyncio.create_task(work())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _count_waiting(self) -> None:
        bells, self._waiting = self._waiting, set()
        try:
            found = await in_thread(listening.look, [one.listener for one in bells])
        except DatabaseError as error:
            logger.warning("%s bells could not be counted: %r", len(bells), error)
            return
        for one in bells:
            if one.listener.visitor not in found.signed_in:
                one.close(SIGNED_OUT)
            elif one.listener.member_pk not in found.members:
                one.close(FORBIDDEN)
            else:
                one.says(found.unread.get(one.listener.member_pk, 0))


def _groups(listener: Listener) -> tuple[str, str, str]:
    return (
        member_group(listener.member_pk),
        user_group(listener.visitor.user_pk),
        cohort_group(listener.cohort_pk),
    )


_bells: WeakKeyDictionary[asyncio.AbstractEventLoop, Bells] = WeakKeyDictionary()


def current_bells() -> Bells:
    """The open bells of this process (of its event loop, to be exact)."""
    loop = asyncio.get_running_loop()
    if loop not in _bells:
        _bells[loop] = Bells()
    return _bells[loop]
