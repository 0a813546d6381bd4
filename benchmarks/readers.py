"""People on slow lines, in a process of their own: each takes a file at its own pace.

`python -m benchmarks.readers PORT PATH BYTES_PER_SECOND`, with cookies on standard input, a line
each. Says "all" when everybody's download is under way, and goes on until it is ended.
"""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# At 50 KB a second a step a second: who reads shares the machine with what is measured.
PIECE = 64 * 1024


@contextmanager
def reading(port: int, path: str, cookies: list[str], per_second: int) -> Iterator[None]:
    """A reader for each cookie, all of them under way, for as long as the block runs.

    Raises RuntimeError if one was refused.
    """
    command = [sys.executable, "-m", "benchmarks.readers", str(port), path, str(per_second)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(json.dumps(cookies) + "\n")
        if (said := process.stdout.readline().strip()) != "all":
            raise RuntimeError(f"A download was refused: {said}")
        yield
    finally:
        process.kill()
        process.wait()


async def main(port: int, path: str, per_second: int, cookies: list[str]) -> None:
    left = asyncio.Semaphore(0)

    async def follow(cookie: str) -> None:
        loop = asyncio.get_running_loop()
        own = socket.socket()
        # The kernel's own buffers are kept small, or it would take most of the file at once.
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, PIECE)
        own.setblocking(False)
        await loop.sock_connect(own, ("127.0.0.1", port))
        asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n"
        await loop.sock_sendall(own, asked.encode())
        piece = await loop.sock_recv(own, PIECE)
        if not piece.startswith(b"HTTP/1.1 200"):
            print(piece.partition(b"\r\n")[0].decode(), flush=True)
        left.release()
        while piece:
            await asyncio.sleep(len(piece) / per_second)
            piece = await loop.sock_recv(own, PIECE)

    async def tell() -> None:
        for _cookie in cookies:
            await left.acquire()
        print("all", flush=True)

    await asyncio.gather(tell(), *map(follow, cookies))


if __name__ == "__main__":
    port, path, per_second = sys.argv[1:]
    asyncio.run(main(int(port), path, int(per_second), json.loads(sys.stdin.readline())))
