"""What must be written down even if the database restarts at that very moment."""

import functools
import logging
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)
PATIENCE = 90.0  # seconds
PAUSE = 0.5

P = ParamSpec("P")
R = TypeVar("R")


def persistently(write: Callable[P, R]) -> Callable[P, R]:
    """Try a write again, on a new connection, while the database is away or its disk is full.

    For writes that are harmless twice: whether the commit arrived before the connection broke,
    nobody knows. Inside a transaction of the caller's it is tried once.
    """

    @functools.wraps(write)
    def trying(*args: P.args, **kwargs: P.kwargs) -> R:
        gives_up_at = time.monotonic() + PATIENCE
        while True:
            try:
                return write(*args, **kwargs)
            except (OperationalError, InterfaceError) as error:
                if connection.in_atomic_block or time.monotonic() > gives_up_at:
                    raise
                logger.warning("The database took nothing (%s); trying again", _first_line(error))
                connection.close()
                time.sleep(PAUSE)

    return trying


def _first_line(error: Exception) -> str:
    """What is amiss: the server away, its disk full."""
    return str(error).strip().partition("\n")[0] or type(error).__name__
