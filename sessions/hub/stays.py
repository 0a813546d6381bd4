"""How long members are in a room: counted here, kept in the database about once a minute."""

import asyncio
import logging
import time
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import Error as DatabaseError
from django.utils import timezone

from cohort.sockets import in_thread
from sessions.services.presence import Stay, keep_stays

if TYPE_CHECKING:
    from sessions.hub.room import LiveRoom

logger = logging.getLogger(__name__)

# Seconds. Who leaves is bundled: at the end of a session all of them do.
KEEP_EVERY = 55.0
LEAVING_PATIENCE = 2.0


class Stays:
    """The members in one room of this process, each once however many windows they have."""

    def __init__(self, room: "LiveRoom") -> None:
        self._room = room
        self._here: dict[int, datetime] = {}
        self._gone: list[Stay] = []
        self._kept_at = time.monotonic()
        self._timer: asyncio.TimerHandle | None = None

    def came(self, member_pk: int) -> None:
        self._here.setdefault(member_pk, timezone.now())

    def went(self, member_pk: int) -> None:
        """One of their windows closed; it counts when it was the last."""
        if any(c.member_pk == member_pk for c in self._room.connections):
            return
        since = self._here.pop(member_pk, None)
        if since is None:
            return
        self._gone.append(Stay(member_pk, since, timezone.now()))
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(LEAVING_PATIENCE, self._keep_soon)

    def beat(self) -> None:
        if time.monotonic() - self._kept_at >= KEEP_EVERY:
            self._keep_soon()

    def shut(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._keep_soon()

    def _keep_soon(self) -> None:
        self._timer = None
        self._room.hub.spawn(self.keep())

    async def keep(self) -> None:
        """Tell the database; what it does not take is told again with the next."""
        now = timezone.now()
        gone, self._gone = self._gone, []
        here = dict(self._here)
        stays = [*gone, *(Stay(pk, since, now) for pk, since in here.items())]
        if not stays:
            return
        try:
            await in_thread(keep_stays, self._room.pk, stays)
        except DatabaseError:
            logger.warning("Who is in room %s could not be kept", self._room.pk, exc_info=True)
            self._gone = gone + self._gone
            return
        self._kept_at = time.monotonic()
        for pk, since in here.items():
            if self._here.get(pk) == since:
                self._here[pk] = now
