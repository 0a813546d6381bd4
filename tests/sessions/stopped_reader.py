"""A reader in a process of its own, which a test stops: `python -m … address origin cookie after`.

Prints each line's place as it comes, and "end" when the socket is closed.
"""

import json
import sys
from contextlib import suppress

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect


def tell(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def read(address: str, origin: str, cookie: str, after: str) -> None:
    headers = {"Cookie": cookie}
    with (
        suppress(ConnectionClosed),
        connect(address, origin=origin, additional_headers=headers, max_queue=1) as reader,
    ):
        reader.send(json.dumps({"type": "resume", "after_seq": int(after)}))
        for frame in map(json.loads, reader):
            if frame["type"] == "msg":
                tell(frame["seq"])
    tell("end")


if __name__ == "__main__":
    read(*sys.argv[1:])
