"""Files on their way to slow readers, who cost an event loop little and a page server a thread.

The address of a file is answered by the same view as ever, in a thread, with the same checks. Once
the answer stands, the thread and its database connection are free again; what is left, bytes at
the reader's pace, is a coroutine.
"""

import asyncio
import logging
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponseBase

from cohort.charset import without_charset

log = logging.getLogger(__name__)
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
# What gives files ends with `/file/` or `/zip/`, or is an attachment. The proxy has the same.
GIVES_FILES = r"^/c/[^/]+/(attachments/[0-9a-f-]{36}|.+/(file|zip))/$"
# Views ask the database; few, so that they never take the connections that pages need.
VIEWS_AT_ONCE = 4
READS_AT_ONCE = 8
# Whoever takes not one piece in this time has gone away without saying so.
PATIENCE = 120  # seconds
# What the kernel holds of a file and has not sent: left alone it takes megabytes of each as soon as
# its download begins, and fifty that begin together are read as fast as the disk goes.
UNSENT = 128 * 1024


def gives_files(path: str) -> bool:
    return re.match(GIVES_FILES, path) is not None


class FilesHandler(ASGIHandler):
    """Django's own handler, with views in a few threads and answers drawn piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self._views = ThreadPoolExecutor(VIEWS_AT_ONCE, thread_name_prefix="files")
        self._reads = ThreadPoolExecutor(READS_AT_ONCE, thread_name_prefix="reads")

    def load_middleware(self, is_async: bool = False) -> None:
        """For threads: all of ours is synchronous."""
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        # Without Django's thread for each request, which would last as long as the answer.
        await self.handle({**scope, "headers": _readable(scope["headers"])}, receive, send)

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        future = self._views.submit(self._answer, request)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            future.add_done_callback(_close)  # the reader left before the answer stood
            raise

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        try:
            response = self.get_response(request)
        finally:
            close_old_connections()
        response._handler_class = self.__class__  # type: ignore[attr-defined]
        return response

    async def send_response(self, response: Any, send: Send) -> None:
        if response.streaming and not response.is_async:
            response.streaming_content = self._drawn(iter(response))
            _hold_little(send)
        try:
            await super().send_response(response, _patient(send))
        except TimeoutError:
            log.info("A reader took nothing for %s seconds", PATIENCE)
        except Exception:  # the server cuts the connection, so that nobody takes it for whole
            log.exception("A file could not be given to its end")

    async def _drawn(self, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
        """Each piece when the one before it is on its way: nothing piles up."""
        loop = asyncio.get_running_loop()
        while (piece := await loop.run_in_executor(self._reads, _next, pieces)) is not None:
            yield piece


def _next(pieces: Iterator[bytes]) -> bytes | None:
    try:
        return next(pieces, None)
    finally:
        close_old_connections()  # an archive asks for each of its files


def _hold_little(send: Send) -> None:
    """Where the server lets its socket be reached (uvicorn does) and the system knows how."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    own = transport.get_extra_info("socket") if transport else None
    if own is None or own.family not in (socket.AF_INET, socket.AF_INET6):
        return
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        own.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)


def _patient(send: Send) -> Send:
    async def sent(message: Mapping[str, Any]) -> None:
        async with asyncio.timeout(PATIENCE):
            await send(message)

    return sent


def _close(answered: Future[HttpResponseBase]) -> None:
    if not answered.cancelled() and not answered.exception():
        answered.result().close()


def _readable(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """As `cohort.charset` wants every request to be read."""
    return [
        (name, without_charset(value.decode("latin-1")).encode("latin-1"))
        if name == b"content-type"
        else (name, value)
        for name, value in headers
    ]
