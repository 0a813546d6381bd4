"""People on slow lines: each takes a file at its own pace, all in one event loop."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PIECE = 16 * 1024


@dataclass
class Line:
    """One reader's line: what came over it so far."""

    cookie: str
    taken: int = 0
    status: bytes = b""


@dataclass
class Readers:
    port: int
    path: str
    per_second: int  # bytes
    lines: list[Line] = field(default_factory=list)

    @property
    def under_way(self) -> int:
        return sum(line.status.startswith(b"HTTP/1.1 200") for line in self.lines)

    async def follow(self, line: Line) -> None:
        """Take the file piece by piece, the kernel's own buffers kept small."""
        own = socket.socket()
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, PIECE)
        own.setblocking(False)
        await asyncio.get_running_loop().sock_connect(own, ("127.0.0.1", self.port))
        reader, writer = await asyncio.open_connection(sock=own, limit=PIECE)
        asked = f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {line.cookie}\r\n\r\n"
        writer.write(asked.encode())
        try:
            line.status = await reader.readline()
            while piece := await reader.read(PIECE):
                line.taken += len(piece)
                await asyncio.sleep(len(piece) / self.per_second)
        finally:
            writer.transport.abort()


@contextmanager
def reading(port: int, path: str, cookies: list[str], per_second: int) -> Iterator[Readers]:
    """So many readers of one file, for as long as the block runs."""
    readers = Readers(port, path, per_second, [Line(cookie) for cookie in cookies])
    loop = asyncio.new_event_loop()

    async def all_of_them() -> None:
        await asyncio.gather(*map(readers.follow, readers.lines), return_exceptions=True)

    task = loop.create_task(all_of_them())

    def run() -> None:
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            pass

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield readers
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        loop.close()
