"""Saying something: stored first, then acknowledged, then told."""

import asyncio
import logging
import time
import uuid
from collections import OrderedDict, deque
from typing import TYPE_CHECKING

from django.db import Error as DatabaseError

from cohort.sockets import in_thread
from sessions import protocol
from sessions.hub.connection import Connection
from sessions.live import room_group
from sessions.models import ChatMessage
from sessions.services import chat

if TYPE_CHECKING:
    from sessions.hub.room import LiveRoom

logger = logging.getLogger(__name__)

REMEMBERED = 1000
LINES, LINES_WINDOW = 10, 10.0  # a person's, in seconds
UNAVAILABLE = 3  # seconds after which to try again


class Speech:
    """What is said in one room by sockets of this process."""

    def __init__(self, room: "LiveRoom") -> None:
        self._room = room
        self._speaking = asyncio.Lock()
        self._sent: OrderedDict[tuple[int, uuid.UUID], int] = OrderedDict()

    async def say(self, connection: Connection, said: protocol.Say) -> None:
        """Store a line, acknowledge it and give it to everybody; or say why not."""
        key = (connection.member_pk, said.client_id)
        client_id = str(said.client_id)
        async with self._speaking:
            if key in self._sent:
                connection.offer(protocol.encode("ack", client_id=client_id, seq=self._sent[key]))
                return
            wait = self._room.hub.pace.must_wait(connection.visitor.user_pk)
            if wait:
                connection.offer(
                    protocol.encode("error", code="slow", client_id=client_id, retry_after=wait)
                )
                return
            try:
                line = await in_thread(
                    chat.say,
                    session_pk=self._room.pk,
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
                    protocol.encode(
                        "error", code="unavailable", client_id=client_id, retry_after=UNAVAILABLE
                    )
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
        self._room.lines.take(line.seq, frame)
        self._room.hub.ear.publish(
            room_group(self._room.pk),
            {"type": "room.line", "room": self._room.pk, "seq": line.seq, "frame": frame},
        )


class Pace:
    """How often each person has spoken lately, in whichever room of this process."""

    def __init__(self) -> None:
        self._said: dict[int, deque[float]] = {}

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
