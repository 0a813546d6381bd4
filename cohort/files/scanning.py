"""Asks ClamAV about a file before it is kept, where a site names a scanner.

clamd's protocol (`man clamd`, INSTREAM): the word, then pieces with their length in front, then a
length of zero; one line comes back. It is a page of our own since all of it has one clock,
whatever the scanner does; libraries' limits begin anew with each wait.
"""

import logging
import socket
import struct
import time
from collections.abc import Iterable
from contextlib import closing

from django.conf import settings

log = logging.getLogger(__name__)
# For a small file; a large one has as long as reading it at this pace takes.
SECONDS = 15.0
SLOWEST = 2 * 1024 * 1024  # bytes a second
CONNECT_SECONDS = 3.0


class Infected(Exception):
    """The scanner found something; its name is the message."""


class ScannerAway(Exception):
    """It does not answer in time, or not so that it could be understood."""


def is_on() -> bool:
    return bool(settings.CLAMAV)


def scan(pieces: Iterable[bytes], *, size: int = 0, seconds: float = SECONDS) -> None:
    """Return if nothing was found in so many bytes. Raises Infected, ScannerAway."""
    clock = _Clock(seconds + size / SLOWEST)
    try:
        with closing(_connected(clock)) as link:
            answer = _asked(link, pieces, clock)
    except OSError as error:
        raise ScannerAway(f"{type(error).__name__}: {error}") from error
    if answer.endswith(" FOUND"):
        raise Infected(answer.removeprefix("stream: ").removesuffix(" FOUND"))
    if answer != "stream: OK":
        raise ScannerAway(answer or "no answer")


def _asked(link: socket.socket, pieces: Iterable[bytes], clock: "_Clock") -> str:
    try:
        _send(link, b"zINSTREAM\0", clock)
        for piece in pieces:
            _send(link, struct.pack("!L", len(piece)) + piece, clock)
        _send(link, struct.pack("!L", 0), clock)
    except (BrokenPipeError, ConnectionResetError):
        pass  # it has heard enough, and may have said so
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < 4096:
        link.settimeout(clock.left())
        if not (more := link.recv(4096)):
            break
        answer += more
    return answer.rstrip(b"\0\n").decode(errors="replace")


def _send(link: socket.socket, data: bytes, clock: "_Clock") -> None:
    link.settimeout(clock.left())
    link.sendall(data)


def _connected(clock: "_Clock") -> socket.socket:
    """`/run/clamav/clamd.ctl`, or `host:port`."""
    where = settings.CLAMAV
    if where.startswith("/"):
        link = socket.socket(socket.AF_UNIX)
        try:
            link.settimeout(min(clock.left(), CONNECT_SECONDS))
            link.connect(where)
        except OSError:
            link.close()
            raise
        return link
    host, _, port = where.rpartition(":")
    address = (host.strip("[]"), int(port))
    return socket.create_connection(address, timeout=min(clock.left(), CONNECT_SECONDS))


class _Clock:
    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds

    def left(self) -> float:
        """Raises TimeoutError, an OSError, when there is nothing left."""
        if (left := self.ends - time.monotonic()) <= 0:
            raise TimeoutError("out of time")
        return left
