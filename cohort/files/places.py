"""How much one person may be getting at once, so that nobody takes everybody's places."""

import weakref
from collections import Counter
from threading import Lock

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render


class Places:
    """Counts answers under way, in this process: one that dies keeps no place taken."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._taken: Counter[int] = Counter()
        self._lock = Lock()

    def has_room(self, person: int) -> bool:
        with self._lock:
            return self._taken[person] < self.most

    def keep(self, person: int, response: HttpResponseBase) -> None:
        """Take a place for as long as the answer is under way."""
        with self._lock:
            self._taken[person] += 1
        # Also if nobody closes it; twice does nothing.
        response._resource_closers.append(  # type: ignore[attr-defined]
            weakref.finalize(response, self._give_back, person)
        )

    def _give_back(self, person: int) -> None:
        with self._lock:
            self._taken[person] -= 1
            if not self._taken[person]:
                del self._taken[person]


def too_many(request: HttpRequest) -> HttpResponseBase:
    """The page that asks to wait until something has arrived."""
    page = render(request, "cohort/downloads_busy.html", status=429)
    page.headers["Retry-After"] = "30"
    return page
