"""The shortest way onto a socket: a frame is encoded once and written to each as it is.

ASGI has a server build every frame for every socket anew, which for a thousand listeners is most of
what a line costs. Under uvicorn the bytes can go to the transport themselves: server frames are not
masked (RFC 6455 §5.1), and one without compression is always allowed (RFC 7692 §6). Under any other
server, and whenever a socket's buffer is full, frames go the ordinary way.
"""

import struct
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

try:
    from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
except ImportError:  # another server, or another version of this one
    KNOWN: tuple[type, ...] = ()
else:
    KNOWN = (WebSocketsSansIOProtocol,)

TEXT, BINARY = 0x81, 0x82  # whole messages


class Wire:
    """One socket's transport, where it can be reached."""

    def __init__(self, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        protocol = getattr(send, "__self__", None)
        self._protocol: Any = protocol if isinstance(protocol, KNOWN) else None

    def write(self, frames: tuple[str | bytes, ...]) -> bool:
        """Write frames at once; False where that is not possible now."""
        protocol = self._protocol
        if (
            protocol is None
            or not protocol.writable.is_set()
            or protocol.close_sent
            or protocol.transport.is_closing()
        ):
            return False
        protocol.transport.write(encoded(frames))
        return True


@lru_cache(maxsize=64)
def encoded(frames: tuple[str | bytes, ...]) -> bytes:
    """Messages as the bytes of websocket frames; the same ones again cost nothing."""
    return b"".join(map(_encoded, frames))


def _encoded(frame: str | bytes) -> bytes:
    kind, body = (TEXT, frame.encode()) if isinstance(frame, str) else (BINARY, frame)
    size = len(body)
    if size < 126:
        return struct.pack("!BB", kind, size) + body
    if size < 2**16:
        return struct.pack("!BBH", kind, 126, size) + body
    return struct.pack("!BBQ", kind, 127, size) + body
