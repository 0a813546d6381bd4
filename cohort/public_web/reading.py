"""Asks one server after another, as far as they lead, within the time.

Sockets are our own and every wait on them ends with the clock: the libraries' timeouts begin anew
with each byte, so that a server which sends one a second would hold its reader for hours.
"""

import socket
import ssl
import zlib
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urljoin, urlsplit

import certifi
import h11
from django.conf import settings

from cohort.public_web.places import Address, Clock, NotRead, Place, find

SECONDS = 5.0
MOST_BYTES = 512 * 1024
MOST_REDIRECTS = 4
CHUNK = 16 * 1024
CONNECT_SECONDS = 2.0
MOST_ADDRESSES = 3
_REDIRECTS = frozenset([301, 302, 303, 307, 308])


@dataclass(frozen=True)
class Answer:
    """What came at the end of all redirects. `body` is its beginning, unpacked."""

    url: str
    status: int
    content_type: str
    body: bytes


def fetch(
    url: str, *, most: int = MOST_BYTES, seconds: float = SECONDS, loopback: bool = False
) -> Answer:
    """GET. `most` is in bytes, packed and unpacked; 0 for the head alone.

    `loopback` is for tests: this machine may be asked too. Raises NotRead.
    """
    clock = Clock(seconds)
    for _hop in range(MOST_REDIRECTS + 1):
        place = find(url, clock, loopback=loopback)
        try:
            answer, leads_to = _ask(place, url, clock, most)
        except (OSError, h11.ProtocolError) as error:
            raise NotRead(f"{place.host}: {type(error).__name__}") from error
        if not leads_to:
            return answer
        url = _joined(url, leads_to)
    raise NotRead("too many redirects")


def _joined(url: str, leads_to: str) -> str:
    try:
        return urljoin(url, leads_to)
    except ValueError as error:
        raise NotRead("redirected to no address") from error


def _ask(place: Place, url: str, clock: Clock, most: int) -> tuple[Answer, str]:
    """The answer, and where it leads instead, if it does."""
    with closing(_connected(place, clock)) as sock:
        link = _Link(sock, clock)
        link.send("GET", place.target, place.host_header)
        head = link.head()
        headers = {bytes(name): bytes(value).decode("latin-1") for name, value in head.headers}
        leads_to = headers.get(b"location", "") if head.status_code in _REDIRECTS else ""
        body = b"" if leads_to or not most else link.body(most)
    packing = headers.get(b"content-encoding", "").strip().lower()
    body = _unpacked(body, most) if packing in ("gzip", "x-gzip", "deflate") else body
    return Answer(url, head.status_code, headers.get(b"content-type", ""), body), leads_to


def _unpacked(body: bytes, most: int) -> bytes:
    """For servers that pack although we did not ask for it; no more than the limit comes out."""
    try:
        return zlib.decompressobj(wbits=47).decompress(body, most)
    except zlib.error:
        return b""


class _Link:
    """HTTP/1.1 over a socket, each wait within the time."""

    def __init__(self, sock: socket.socket, clock: Clock) -> None:
        self.sock = sock
        self.clock = clock
        self.http = h11.Connection(h11.CLIENT)

    def send(self, method: str, target: str, host: str) -> None:
        headers = [
            ("Host", host),
            ("User-Agent", f"Cohort (+{settings.BASE_URL})"),
            ("Accept", "text/html,*/*;q=0.5"),
            ("Accept-Encoding", "identity"),
            ("Connection", "close"),
        ]
        request = h11.Request(method=method, target=target, headers=headers)
        data = (self.http.send(request) or b"") + (self.http.send(h11.EndOfMessage()) or b"")
        self.sock.settimeout(self.clock.left())
        self.sock.sendall(data)

    def head(self) -> h11.Response:
        while not isinstance(event := self._next(), h11.Response):
            if not isinstance(event, h11.InformationalResponse):
                raise NotRead("no answer")
        return event

    def body(self, most: int) -> bytes:
        """Its beginning, and what came until the end if it broke off."""
        parts = bytearray()
        try:
            while len(parts) < most and isinstance(event := self._next(), h11.Data):
                parts += event.data
        except (NotRead, OSError, h11.ProtocolError):
            if not parts:
                raise
        return bytes(parts[:most])

    def _next(self) -> Any:
        while (event := self.http.next_event()) is h11.NEED_DATA:
            self.sock.settimeout(self.clock.left())
            self.http.receive_data(self.sock.recv(CHUNK))
        return event


def _connected(place: Place, clock: Clock) -> socket.socket:
    """To one of the checked addresses, whatever its name means by now."""
    sock = _first(place, clock)
    if place.scheme == "http":
        return sock
    try:
        sock.settimeout(clock.left())
        return trust().wrap_socket(sock, server_hostname=place.host)
    except BaseException:
        sock.close()
        raise


def _first(place: Place, clock: Clock) -> socket.socket:
    failure: Exception = NotRead("no address")
    for address in place.addresses[:MOST_ADDRESSES]:
        try:
            return _opened(address, place.port, clock)
        except OSError as error:
            failure = error
    raise failure


def _opened(address: Address, port: int, clock: Clock) -> socket.socket:
    """Straight there; through a proxy only if a setting names one, never by the environment."""
    most = min(clock.left(), CONNECT_SECONDS)
    if not settings.PUBLIC_WEB_PROXY:
        return socket.create_connection((str(address), port), timeout=most)
    proxy = urlsplit(settings.PUBLIC_WEB_PROXY)
    sock = socket.create_connection((proxy.hostname, proxy.port or 3128), timeout=most)
    try:
        link = _Link(sock, clock)
        target = f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"
        link.send("CONNECT", target, target)
        if not 200 <= link.head().status_code < 300:
            raise NotRead("the proxy refused")
    except BaseException:
        sock.close()
        raise
    return sock


@cache
def trust() -> ssl.SSLContext:
    """The authorities that this machine trusts, and those that browsers do."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
