"""Sockets that cost next to nothing, so that thousands of them do not measure the client."""

import asyncio
import base64
import os
import struct
from collections.abc import Callable

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Listener(asyncio.Protocol):
    """A websocket client that hands on each text frame as bytes (RFC 6455 §5)."""

    def __init__(self, request: bytes, heard: Callable[["Listener", bytes], None]) -> None:
        self._request = request
        self._heard = heard
        self._buffer = bytearray()
        self._is_open = False
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def connection_lost(self, error: Exception | None) -> None:
        self.ended = True
        if not self.opened.done():
            self.opened.set_exception(error or ConnectionError("closed at the door"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._is_open:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self._buffer.startswith(b"HTTP/1.1 101"):
                status = bytes(self._buffer).split(b"\r\n", 1)[0].decode()
                self.opened.set_exception(ConnectionError(status))
                self._transport.close()
                return
            del self._buffer[: end + 4]
            self._is_open = True
            self.opened.set_result(None)
        self._read()

    def _read(self) -> None:
        buffer, at = self._buffer, 0
        while len(buffer) - at >= 2:
            size, begin = buffer[at + 1], at + 2
            if size == 126:
                if len(buffer) - begin < 2:
                    break
                (size,) = struct.unpack_from("!H", buffer, begin)
                begin += 2
            elif size == 127:
                if len(buffer) - begin < 8:
                    break
                (size,) = struct.unpack_from("!Q", buffer, begin)
                begin += 8
            if len(buffer) - begin < size:
                break
            kind, body = buffer[at] & 15, bytes(buffer[begin : begin + size])
            at = begin + size
            if kind == TEXT:
                self._heard(self, body)
            elif kind == PING:
                self.pong(body)
        del buffer[:at]

    def send(self, text: str) -> None:
        self._write(TEXT, text.encode())

    def hold(self) -> tuple[int, bytes]:
        """Hear nothing more: somebody else reads. The socket's descriptor, and what is begun."""
        self._transport.pause_reading()
        return self._transport.get_extra_info("socket").fileno(), bytes(self._buffer)

    def pong(self, body: bytes) -> None:
        self._write(PONG, body)

    def close(self) -> None:
        self._transport.abort()

    def _write(self, kind: int, body: bytes) -> None:
        size = len(body)
        head = bytes([0x80 | kind])
        head += bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack("!H", size)
        # A mask of zeros masks nothing, and is one.
        self._transport.write(head + b"\0\0\0\0" + body)


async def listen(
    port: int,
    path: str,
    heard: Callable[[Listener, bytes], None],
    *,
    cookie: str = "",
    origin: str = "",
) -> Listener:
    """Open one socket; returns when the server has let it in."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
        *([f"Cookie: {cookie}"] if cookie else []),
        *([f"Origin: {origin}"] if origin else []),
    ]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    loop = asyncio.get_running_loop()
    _transport, listener = await loop.create_connection(
        lambda: Listener(request, heard), "127.0.0.1", port
    )
    await listener.opened
    return listener
