"""A server that speaks clamd's protocol."""

import socket
import struct
import threading
import time
from contextlib import suppress


class Clamd:
    """Reads a whole stream, then says what it is told to, or what `answer_to` makes of it."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.streams = []
        self.answer = b"stream: OK\0"
        self.answer_to = lambda stream: self.answer
        self.hangs_for = 0.0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                link, _address = self.listener.accept()
            except OSError:
                return
            with suppress(OSError), link:
                self._speak(link)

    def _speak(self, link):
        file = link.makefile("rb")
        assert file.read(10) == b"zINSTREAM\0"
        got = b""
        while length := struct.unpack("!L", file.read(4))[0]:
            got += file.read(length)
        self.streams.append(got)
        time.sleep(self.hangs_for)
        link.sendall(self.answer_to(got))
