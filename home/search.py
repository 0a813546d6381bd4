"""Search in everything: each kind of thing through its own search, in one page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cohort.models import Membership
from cohort.queries import search_people
from forums.queries import search_threads
from resources.queries import search_resources
from sessions.queries import search_sessions

LONGEST_QUERY = 200
HITS_IN_ALL = 4
HITS_IN_TAB = 30


@dataclass(frozen=True)
class Tab:
    """One kind of thing in a search: how many there are, and the best of them."""

    name: str
    label: Any
    count: int
    hits: Sequence[Any]

    @property
    def has_more(self) -> bool:
        return self.count > len(self.hits)


@dataclass(frozen=True)
class Found:
    tabs: list[Tab]
    chosen: str

    @property
    def total(self) -> int:
        return sum(tab.count for tab in self.tabs)

    @property
    def shown(self) -> list[Tab]:
        return [tab for tab in self.tabs if tab.hits]

    @property
    def summary(self) -> str:
        return ngettext("%(n)d result", "%(n)d results", self.total) % {"n": self.total}


def _people(member: Membership, words: str) -> Sequence[Any]:
    people = Membership.objects.visible_to(member).with_people().select_related("cohort")
    return list(search_people(people, q=words).by_name()[:HITS_IN_TAB])


def _sessions(member: Membership, words: str) -> Sequence[Any]:
    return list(search_sessions(member, words)[:HITS_IN_TAB])


# Each kind's own search: scoped to the member, the best first.
KINDS: dict[str, tuple[Any, Callable[[Membership, str], Sequence[Any]]]] = {
    "discussions": (_("Discussions"), search_threads),
    "sessions": (_("Sessions"), _sessions),
    "library": (_("Library"), search_resources),
    "people": (_("People"), _people),
}


def search(member: Membership, words: str, *, chosen: str = "") -> Found:
    """Search everything the member may see; `chosen` names one kind to show more of."""
    chosen = chosen if chosen in KINDS else ""
    tabs = []
    for name, (label, look) in KINDS.items() if words else ():
        hits = look(member, words)
        most = {name: HITS_IN_TAB, "": HITS_IN_ALL}.get(chosen, 0)
        tabs.append(Tab(name=name, label=label, count=len(hits), hits=hits[:most]))
    return Found(tabs=tabs, chosen=chosen)
