"""Search in everything: each kind of thing through its own search, on one page."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohort.models import Membership
from forums.queries.times import Clock
from home.forms import SearchForm, write_moment
from home.hits import LISTED, NONE, Asked, Hit, Hits, Part, find_listed, find_threads
from home.names import close_to

HITS_IN_ALL = 4
HITS_IN_TAB = 20


@dataclass(frozen=True)
class Tab:
    """One kind of thing in a search: how many there are, and the best of them."""

    name: str
    label: str
    url: str
    found: Hits

    @property
    def hits(self) -> list[Hit]:
        return self.found.shown

    @property
    def count(self) -> str:
        return f"{self.found.count}+" if self.found.is_cut else str(self.found.count)

    @property
    def has_more(self) -> bool:
        return self.found.count > len(self.hits)


@dataclass(frozen=True)
class Found:
    """What a search came to: each kind's best or a page of one kind, and what else to try."""

    tabs: list[Tab]
    chosen: str
    all_url: str
    older_url: str
    newer_url: str
    close: list[tuple[str, str]]

    @property
    def address(self) -> str:
        """Where these results are found again: nothing in it that was left empty."""
        return next((tab.url for tab in self.tabs if tab.name == self.chosen), self.all_url)

    @property
    def total(self) -> int:
        return sum(tab.found.count for tab in self.tabs)

    @property
    def is_cut(self) -> bool:
        return any(tab.found.is_cut for tab in self.tabs)

    @property
    def count(self) -> str:
        return f"{self.total}+" if self.is_cut else str(self.total)

    @property
    def shown(self) -> list[Tab]:
        return [tab for tab in self.tabs if tab.hits]

    @property
    def summary(self) -> str:
        if self.is_cut:
            return _("More than %(n)d results") % {"n": self.total}
        return ngettext("%(n)d result", "%(n)d results", self.total) % {"n": self.total}


@dataclass(frozen=True)
class Kind:
    """A kind of thing, and what it can be narrowed to."""

    label: Any
    heeds: frozenset[str]


EVERYTHING = frozenset(SearchForm.NARROWING)
OF_A_SESSION = frozenset({"theme", "team", "since", "until"})
KINDS = {
    "discussions": Kind(gettext_lazy("Discussions"), EVERYTHING),
    "sessions": Kind(gettext_lazy("Sessions"), OF_A_SESSION),
    "rooms": Kind(gettext_lazy("Said in sessions"), OF_A_SESSION),
    "library": Kind(gettext_lazy("Library"), EVERYTHING - {"kind", "space"}),
    "requests": Kind(gettext_lazy("Asked for"), EVERYTHING - {"kind", "space", "tag"}),
    "people": Kind(gettext_lazy("People"), frozenset({"team"})),
}


def search(
    member: Membership, form: SearchForm, *, chosen: str = "", page: int = 1, at: datetime
) -> Found:
    """Search everything the member may see; `chosen` names one kind to show a page of.

    A kind that cannot be narrowed to what was chosen has nothing to show. `at` is when the first
    page was asked for.
    """
    narrow = form.narrowing(at)
    if narrow.author_name:
        narrow = replace(narrow, authors=_bearers(member, narrow.author_name))
    asked = Asked(member, form.cleaned_data.get("q") or "", narrow, form.choices_shown, Clock())
    chosen = chosen if chosen in KINDS else ""
    start = (page - 1) * HITS_IN_TAB
    found = _look(asked, form, chosen, start)
    tabs = [
        Tab(name, str(kind.label), _url(form, **{"in": name}), found.get(name, NONE))
        for name, kind in KINDS.items()
    ]
    here = next((tab for tab in tabs if tab.name == chosen), None)
    has_older = here is not None and here.found.count > start + HITS_IN_TAB
    is_empty = not any(tab.found.count for tab in tabs)
    return Found(
        tabs=tabs,
        chosen=chosen,
        all_url=_url(form),
        older_url=_paged(form, chosen, page + 1, at) if has_older else "",
        newer_url=_paged(form, chosen, page - 1, at) if page > 1 else "",
        close=close_to(member, asked.words) if is_empty else [],
    )


def _look(asked: Asked, form: SearchForm, chosen: str, start: int) -> dict[str, Hits]:
    """The best of each kind, or a page of the chosen one and how many there are of the others."""
    narrowed = {name for name in SearchForm.NARROWING if form.cleaned_data.get(name)}
    others = Part() if chosen else Part(stop=HITS_IN_ALL)
    parts = {name: others for name, kind in KINDS.items() if narrowed <= kind.heeds}
    if chosen in parts:
        parts[chosen] = Part(start, start + HITS_IN_TAB)
    return {
        "discussions": find_threads(asked, parts["discussions"]),
        **find_listed(asked, {name: parts[name] for name in LISTED if name in parts}),
    }


def _url(form: SearchForm, **more: str) -> str:
    return f"?{urlencode({**form.address, **more})}"


def _paged(form: SearchForm, chosen: str, page: int, at: datetime) -> str:
    return _url(form, **{"in": chosen, "page": str(page), "at": write_moment(at)})


def _bearers(member: Membership, name: str) -> tuple[int, ...]:
    """Who in the cohort bears a name, also of those who left, since their posts stay.

    Whoever is called just that, or else everybody whose name holds it.
    """
    members = Membership.objects.filter(
        cohort_id=member.cohort_id, user__name__unaccent__icontains=name
    )
    found = list(members.order_by("pk").values_list("pk", "user__name")[:200])
    exactly = tuple(pk for pk, full in found if full.casefold() == name.casefold())
    return exactly or tuple(pk for pk, _full in found)
