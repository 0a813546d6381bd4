"""Whether something still lies where a link leads."""

from enum import StrEnum

from cohort.public_web.places import NoSuchHost, NotPublic, NotRead
from cohort.public_web.reading import SECONDS, fetch


class Status(StrEnum):
    """`FINE`: a server answers, if only that one must sign in or that it speaks to no programs.
    `GONE`: the page or the whole site does not exist. `AWAY`: broken or too slow, perhaps for now.
    `CLOSED`: not on the public web, so nothing was asked."""

    FINE = "fine"
    GONE = "gone"
    AWAY = "away"
    CLOSED = "closed"


def check(url: str, *, seconds: float = SECONDS, loopback: bool = False) -> Status:
    """Asks for the head of the page, within so many seconds. Raises nothing."""
    try:
        status = fetch(url, most=0, seconds=seconds, loopback=loopback).status
    except NotPublic:
        return Status.CLOSED
    except NoSuchHost:
        return Status.GONE
    except NotRead:
        return Status.AWAY
    if status in (404, 410):
        return Status.GONE
    return Status.AWAY if status >= 500 and status != 999 else Status.FINE
