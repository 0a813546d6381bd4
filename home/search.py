"""Search in everything: each kind of thing through its own search, on one page."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Window
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohort.models import Membership
from cohort.queries import search_people
from cohort.search import Narrowing, excerpt, marked, plain_words
from cohort.templatetags.cohort import when
from cohort.templatetags.ui import avatar
from forums.models import Thread
from forums.queries import search_threads
from forums.queries.times import Clock
from home.forms import Choices, SearchForm, write_moment
from home.names import close_to
from resources.models import Resource
from resources.queries import matching_resources
from sessions.models import LearningSession
from sessions.queries import line_url, search_lines, search_sessions

HITS_IN_ALL = 4
HITS_IN_TAB = 20
NO_PICTURE = SafeString("")


@dataclass(slots=True)
class Hit:
    """One line of results, whatever kind of thing it leads to."""

    url: str
    title: SafeString
    passage: SafeString
    notes: list[str]
    picture: SafeString = NO_PICTURE


@dataclass
class Asked:
    """One search: who asks, for which words, narrowed to what, and which of the hits to show."""

    member: Membership
    words: str
    narrow: Narrowing
    choices: Choices
    clock: Clock
    start: int = 0
    stop: int = 0


@dataclass(frozen=True)
class Hits:
    shown: list[Hit]
    count: int
    is_cut: bool = False


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


def _threads(asked: Asked) -> Hits:
    spaces = asked.choices.space_names
    hits = search_threads(
        asked.member,
        asked.words,
        asked.narrow,
        spaces=spaces,
        any_closed=bool(asked.choices.closed),
    )
    kinds = dict(Thread.Kind.choices)
    shown = []
    for hit in hits[asked.start : asked.stop]:
        notes = [hit.author, spaces.get(hit.space_pk, "")]
        if hit.kind != Thread.Kind.DISCUSSION:
            notes.append(str(kinds[hit.kind]))
        if hit.replies:
            notes.append(ngettext("%(n)d reply", "%(n)d replies", hit.replies) % {"n": hit.replies})
        if hit.in_file_name:
            notes.append(_("In the name of a file"))
        notes.append(asked.clock.ago(hit.posted_at))
        shown.append(Hit(hit.url, hit.title, hit.headline, notes))
    return Hits(shown, len(hits), hits.is_cut)


def _sessions(asked: Asked) -> Hits:
    found = search_sessions(asked.member, asked.words, asked.narrow)
    rows, count = _page(
        found, asked, "pk", "title_found", "headline", "kind", "status", "starts_at"
    )
    kinds = dict(LearningSession.Kind.choices)
    states = dict(LearningSession.Status.choices)
    listed = reverse("sessions:session_list", args=[asked.member.cohort.slug])
    shown = []
    for pk, title, text, kind, status, starts_at in rows:
        notes = [when(starts_at, "short"), str(kinds[kind])]
        if status != LearningSession.Status.SCHEDULED:
            notes.append(str(states[status]))
        shown.append(Hit(f"{listed}{pk}/", marked(title), marked(excerpt(text)), notes))
    return Hits(shown, count)


def _lines(asked: Asked) -> Hits:
    """What was said in live rooms, each line leading to its place in the transcript."""
    found = search_lines(asked.member, asked.words, asked.narrow)
    rows, count = _page(
        found, asked, "room", "seq", "room__session__title", "headline", "sender__user__name",
        "created_at",
    )  # fmt: skip
    slug = asked.member.cohort.slug
    shown = []
    for session_pk, seq, title, text, name, moment in rows:
        notes = [name or _("Former member"), when(moment, "short")]
        url = line_url(slug, session_pk, seq)
        shown.append(Hit(url, escape(title), marked(excerpt(text)), notes))
    return Hits(shown, count)


def _library(asked: Asked) -> Hits:
    found = matching_resources(asked.member, asked.words, asked.narrow)
    rows, count = _page(
        found, asked, "pk", "title_found", "headline", "kind", "current_version__name",
        "added_by__user__name", "created_at",
    )  # fmt: skip
    kinds = dict(Resource.Kind.choices)
    listed = reverse("resources:resource_list", args=[asked.member.cohort.slug])
    shown = []
    for pk, title, text, kind, file, name, moment in rows:
        notes = [str(kinds[kind]), name or _("Former member"), asked.clock.ago(moment)]
        extension = (file or "").rpartition(".")[2]
        picture = format_html(
            '<span class="row__lead file__kind file__kind--{0}" aria-hidden="true">{1}</span>',
            extension or "link",
            extension or _("link"),
        )
        shown.append(Hit(f"{listed}{pk}/", marked(title), marked(excerpt(text)), notes, picture))
    return Hits(shown, count)


def _people(asked: Asked) -> Hits:
    words = plain_words(asked.words)
    people = search_people(Membership.objects.visible_to(asked.member), q=" ".join(words))
    if asked.narrow.team:
        people = people.filter(team=asked.narrow.team)
    elif not words:
        people = people.none()
    # Whose name it is comes before whom it says something about.
    named = Q(user__name__unaccent__icontains=words[0]) if words else Q(pk__isnull=False)
    best_first = people.annotate(is_named=named).order_by("-is_named", "user__name", "pk")
    rows, count = _page(
        best_first, asked, "pk", "user__id", "user__name", "user__photo", "user__title",
        "organization__name", "team__name", "user__can_help_with",
    )  # fmt: skip
    listed = reverse("cohort:people", args=[asked.member.cohort.slug])
    shown = []
    for pk, user_pk, name, photo, title, organization, team, offer in rows:
        helps = _("Can help with %(what)s") % {"what": offer} if offer else ""
        picture = avatar(SimpleNamespace(pk=user_pk, name=name, photo=photo))
        notes = [note for note in (title, organization, team) if note]
        hit = Hit(f"{listed}{pk}/", escape(name), escape(helps), notes, picture)
        shown.append(hit)
    return Hits(shown, count)


def _page(found: QuerySet[Any], asked: Asked, *fields: str) -> tuple[list[Any], int]:
    """The rows asked for and how many there are in all, in one query."""
    if asked.start == asked.stop:
        return [], found.count()
    counted = found.values_list(*fields, Window(Count("pk")))[asked.start : asked.stop]
    rows = list(counted)
    count = rows[0][-1] if rows else found.count() if asked.start else 0
    return [row[:-1] for row in rows], count


@dataclass(frozen=True)
class Kind:
    """A kind of thing: how it is searched, and what it can be narrowed to."""

    label: Any
    look: Callable[[Asked], Hits]
    heeds: frozenset[str]


EVERYTHING = frozenset(SearchForm.NARROWING)
KINDS = {
    "discussions": Kind(gettext_lazy("Discussions"), _threads, EVERYTHING),
    "sessions": Kind(
        gettext_lazy("Sessions"), _sessions, frozenset({"theme", "team", "since", "until"})
    ),
    "rooms": Kind(
        gettext_lazy("Said in sessions"), _lines, frozenset({"theme", "team", "since", "until"})
    ),
    "library": Kind(gettext_lazy("Library"), _library, EVERYTHING - {"kind", "space"}),
    "people": Kind(gettext_lazy("People"), _people, frozenset({"team"})),
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
    narrowed = {name for name in SearchForm.NARROWING if form.cleaned_data.get(name)}
    start = (page - 1) * HITS_IN_TAB
    tabs = []
    for name, kind in KINDS.items():
        if name == chosen:
            part = replace(asked, start=start, stop=start + HITS_IN_TAB)
        else:
            part = replace(asked, stop=0 if chosen else HITS_IN_ALL)
        found = kind.look(part) if narrowed <= kind.heeds else Hits([], 0)
        tabs.append(Tab(name, str(kind.label), _url(form, **{"in": name}), found))
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
