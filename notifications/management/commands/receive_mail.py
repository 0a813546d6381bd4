"""`manage.py receive_mail`: listens for mail that a mail server hands over by LMTP or SMTP."""

import asyncio
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from notifications.inbound import listening


class Command(BaseCommand):
    help = "Listen for mail to our own addresses, by LMTP (the default) or SMTP, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8024)
        parser.add_argument("--socket", default="", help="a Unix socket instead of a port")
        parser.add_argument("--smtp", action="store_true", help="speak SMTP instead of LMTP")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.REPLY_DOMAIN:
            raise CommandError("REPLY_DOMAIN is not set: there is no address to receive mail for.")
        if options["socket"]:
            # Left behind by one that was killed.
            Path(options["socket"]).unlink(missing_ok=True)
        asyncio.run(self._serve(options))

    async def _serve(self, options: dict[str, Any]) -> None:
        server = await listening.serve(
            is_lmtp=not options["smtp"],
            host=options["host"],
            port=options["port"],
            path=options["socket"],
        )
        place = options["socket"] or server.sockets[0].getsockname()  # type: ignore[attr-defined]
        self.stdout.write(f"Receiving mail at {place}")
        self.stdout.flush()
        stopped = asyncio.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(each, stopped.set)
        async with server:
            await stopped.wait()
        if options["socket"]:
            with suppress(FileNotFoundError):
                Path(options["socket"]).unlink()
