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
from sessions.services.refusals import Refused

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
        async with self._speaking:
            if key in self._sent:
                connection.offer(_ack(said, self._sent[key]))
                return
            try:
                line = await self._store(connection, said)
            except Refused as refused:
                connection.offer(_refusal(said, refused.code, refused.retry_after))
                return
            except DatabaseError:
                logger.warning("A line could not be stored", exc_info=True)
                connection.offer(_refusal(said, "unavailable", UNAVAILABLE))
                return
            self._remember(key, line.seq)
            self._room.presence.stopped_typing(connection.member_pk)
            connection.offer(_ack(said, line.seq))
            self._publish(line)

    async def _store(self, connection: Connection, said: protocol.Say) -> ChatMessage:
        if wait := self._room.hub.pace.must_wait(connection.visitor.user_pk):
            raise Refused("slow", wait)
        return await in_thread(
            chat.say,
            session_pk=self._room.pk,
            member_pk=connection.member_pk,
            client_id=said.client_id,
            body=said.text,
            answers_seq=said.answers,
        )

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


def _ack(said: protocol.Say, seq: int) -> str:
    return protocol.encode("ack", client_id=str(said.client_id), seq=seq)


def _refusal(said: protocol.Say, code: str, retry_after: float) -> str:
    wait = {"retry_after": retry_after} if retry_after else {}
    return protocol.encode("error", code=code, client_id=str(said.client_id), **wait)


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
