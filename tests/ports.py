"""Ports for the servers that tests start.

A port that the kernel gives is free when it is asked for, and may be somebody else's when a server
starts on it a second later. So each process of a run has a thousand of its own, below those that
the kernel gives to whoever connects or asks for any.
"""

import itertools
import os

from launch.ports import is_taken

EACH = 1000
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw14").removeprefix("gw"))
# Two runs on one machine seldom begin at the same place.
_first = os.getpid() % EACH
_own = itertools.cycle(10_000 + _worker * EACH + (_first + n) % EACH for n in range(EACH))


def free_port() -> int:
    return next(port for port in _own if not is_taken(port))
