"""A mail server that misbehaves on demand, and remembers all it accepted."""

import asyncio
import re
from collections import Counter
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

_MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)\r?$", re.M)
REFUSED = "refused"  # an address with this word in it does not exist here


class Sink:
    def __init__(self) -> None:
        self.mode = "ok"
        self.total = 0
        self.hangs = 0
        # How often a mail was accepted, and to whom it went, by its Message-ID.
        self.accepted: Counter[str] = Counter()
        self.addresses: dict[str, str] = {}
        self.controller: Controller | None = None
        self.port = 0

    def open(self) -> None:
        self.controller = _Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()
        self.port = self.controller.port

    def close(self) -> None:
        if self.controller:
            self.controller.stop(no_assert=True)
            self.controller = None

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.mode == "451":
            return "451 4.7.1 Try again later"
        if REFUSED in address:
            return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.total += 1
        if self.mode == "hang":
            self.hangs += 1
            await asyncio.sleep(5)
            return "451 4.3.0 Too slow"
        if self.mode == "slow":
            await asyncio.sleep(0.08)
        if found := _MESSAGE_ID.search(envelope.content):
            name = found[1].decode()
            self.accepted[name] += 1
            self.addresses[name] = envelope.rcpt_tos[0]
        if self.mode == "drop" and self.total % 9 == 0:
            server.transport.abort()
        return "250 OK"


class _Controller(Controller):
    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="sink.example.org")

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
