"""The bell of whoever opened a page: counted once for it, and read by what the page shows."""

from collections.abc import Collection
from typing import Any

from cohort.models import Membership
from notifications import bell


def unread_on(request: Any, member: Membership) -> int:
    """How many lines wait for the member; asked of the database once for each page."""
    counted: dict[int, int] = request.__dict__.setdefault("_bell_unread", {})
    if member.pk not in counted:
        counted[member.pk] = bell.unread_count(member)
    return counted[member.pk]


def saw(request: Any, group: str, shown: Collection[int] | None = None) -> None:
    """The page shows the thing: its lines are read (see `bell.seen`).

    Where nothing waits it costs no query but the count, which every page has anyway.
    """
    member: Membership = request.membership
    if unread := unread_on(request, member):
        request._bell_unread[member.pk] = unread - bell.seen(member, group, shown)


def forget_count(request: Any) -> None:
    """The bell changed in this request: count anew when the page is made."""
    request.__dict__.pop("_bell_unread", None)
