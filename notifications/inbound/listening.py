"""A listener that speaks LMTP (RFC 2033) or SMTP, behind a mail server that knows who sent what.

It says "250" once the mail is kept and not before. It takes what is for our own addresses and
nothing else, so that it relays for nobody.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections

from notifications.inbound import mailboxes, storing

logger = logging.getLogger(__name__)
MOST_RECIPIENTS = 20
MOST_CONNECTIONS = 50
TIMEOUT = 120.0  # seconds without a word
MOST_COMMANDS = 200
NAME = "Cohort"


class Handler:
    """What is answered to each command."""

    def __init__(self, *, is_lmtp: bool) -> None:
        self.is_lmtp = is_lmtp
        self.source = "lmtp" if is_lmtp else "smtp"

    async def handle_RCPT(  # noqa: N802 (aiosmtpd calls it so)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if mailboxes.find(address) is None:
            return "550 5.1.1 No such address here"
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """One answer in SMTP, one for each recipient in LMTP."""
        try:
            await sync_to_async(self._keep, thread_sensitive=False)(envelope)
        except Exception:  # disk full, database away: whoever sends it tries again
            logger.exception("A mail could not be kept")
            verdict = "451 4.3.0 Not kept, try again"
        else:
            verdict = "250 2.0.0 Kept"
        times = len(envelope.rcpt_tos) if self.is_lmtp else 1
        return "\r\n".join([verdict] * times)

    def _keep(self, envelope: Envelope) -> None:
        close_old_connections()
        try:
            storing.take(
                envelope.original_content or b"",
                source=self.source,
                recipients=envelope.rcpt_tos,
                sender=envelope.mail_from or "",
            )
        finally:
            close_old_connections()


class _Limited:
    """At most so many connections at once; one more is told to come back."""

    open_now: set[Any] = set()

    def connection_made(self, transport: Any) -> None:
        if len(self.open_now) >= MOST_CONNECTIONS:
            transport.write(b"421 4.3.2 Too many connections, try again\r\n")
            transport.close()
            return
        self.open_now.add(self)
        super().connection_made(transport)  # type: ignore[misc]

    def connection_lost(self, error: Exception | None) -> None:
        if self in self.open_now:
            self.open_now.discard(self)
            super().connection_lost(error)  # type: ignore[misc]


class LimitedSMTP(_Limited, SMTP):
    pass


class LimitedLMTP(_Limited, LMTP):
    pass


def factory(*, is_lmtp: bool) -> Callable[[], SMTP]:
    """Makes the protocol of one connection; call within the loop that serves it."""
    kind = LimitedLMTP if is_lmtp else LimitedSMTP

    def protocol() -> SMTP:
        return kind(
            Handler(is_lmtp=is_lmtp),
            data_size_limit=settings.INBOUND_MAX_BYTES,
            enable_SMTPUTF8=True,
            hostname=settings.REPLY_DOMAIN or settings.MAIL_DOMAIN,
            ident=NAME,
            timeout=TIMEOUT,
            command_call_limit=MOST_COMMANDS,
            loop=asyncio.get_running_loop(),
        )

    return protocol


async def serve(
    *, is_lmtp: bool, host: str = "127.0.0.1", port: int = 0, path: str = ""
) -> asyncio.AbstractServer:
    """Listen on a port, or on a Unix socket where `path` says one."""
    loop = asyncio.get_running_loop()
    if path:
        return await loop.create_unix_server(factory(is_lmtp=is_lmtp), path)
    return await loop.create_server(factory(is_lmtp=is_lmtp), host, port)
