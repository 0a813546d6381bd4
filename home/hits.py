"""What a search of the whole product finds, kind by kind.

Discussions are ranked by their own search. All other kinds are asked for together, in one query:
each gives its rows as JSON, with their place among its own and how many there are in all.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.db.models import Count, IntegerField, JSONField, Q, QuerySet, Value, Window
from django.db.models.functions import JSONObject, RowNumber
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohort.models import Membership
from cohort.queries import search_people
from cohort.search import Narrowing, excerpt, marked, plain_words
from cohort.templatetags.cohort import when
from cohort.templatetags.ui import avatar
from forums.models import Thread
from forums.queries import search_threads
from forums.queries.times import Clock
from home.forms import Choices
from resources.models import Resource
from resources.queries import matching_resources
from resources.queries.requests import matching_requests
from sessions.models import LearningSession
from sessions.queries import line_url, search_lines, search_sessions

NO_PICTURE = SafeString("")
Row = dict[str, Any]


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
    """One search: who asks, for which words, narrowed to what."""

    member: Membership
    words: str
    narrow: Narrowing
    choices: Choices
    clock: Clock


@dataclass(frozen=True)
class Part:
    """Which of the hits of one kind to show; none of them only counts."""

    start: int = 0
    stop: int = 0


@dataclass(frozen=True)
class Hits:
    shown: list[Hit]
    count: int
    is_cut: bool = False


NONE = Hits([], 0)


def find_threads(asked: Asked, part: Part) -> Hits:
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
    for hit in hits[part.start : part.stop]:
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


def _session(asked: Asked, row: Row) -> Hit:
    notes = [when(_moment(row["starts_at"]), "short"), _label(LearningSession.Kind, row["kind"])]
    if row["status"] != LearningSession.Status.SCHEDULED:
        notes.append(_label(LearningSession.Status, row["status"]))
    url = f"{_listed(asked, 'sessions:session_list')}{row['pk']}/"
    return Hit(url, marked(row["title_found"]), marked(excerpt(row["headline"])), notes)


def _line(asked: Asked, row: Row) -> Hit:
    """What was said in a live room, leading to its place in the transcript."""
    notes = [
        row["sender__user__name"] or _("Former member"),
        when(_moment(row["created_at"]), "short"),
    ]
    url = line_url(asked.member.cohort.slug, row["room"], row["seq"])
    return Hit(url, escape(row["room__session__title"]), marked(excerpt(row["headline"])), notes)


def _resource(asked: Asked, row: Row) -> Hit:
    notes = [
        _label(Resource.Kind, row["kind"]),
        row["added_by__user__name"] or _("Former member"),
        asked.clock.ago(_moment(row["created_at"])),
    ]
    extension = (row["current_version__name"] or "").rpartition(".")[2]
    sort, shown = ("link", _("link")) if row["url"] else ("page", _("page"))
    picture = format_html(
        '<span class="row__lead file__kind file__kind--{0}" aria-hidden="true">{1}</span>',
        extension or sort,
        extension or shown,
    )
    url = f"{_listed(asked, 'resources:resource_list')}{row['pk']}/"
    return Hit(url, marked(row["title_found"]), marked(excerpt(row["headline"])), notes, picture)


def _request(asked: Asked, row: Row) -> Hit:
    """What somebody looked for: its page says what answered it."""
    notes = [
        _("Closed") if row["closed_at"] else _("Open"),
        row["asked_by__user__name"] or _("Former member"),
        asked.clock.ago(_moment(row["created_at"])),
    ]
    url = f"{_listed(asked, 'resources:request_list')}{row['pk']}/"
    passage = marked(excerpt(row["headline"])) if row["headline"] else NO_PICTURE
    return Hit(url, marked(row["title_found"]), passage, notes)


def _people(asked: Asked) -> QuerySet[Any]:
    words = plain_words(asked.words)
    people = search_people(Membership.objects.visible_to(asked.member), q=" ".join(words))
    if asked.narrow.team:
        people = people.filter(team=asked.narrow.team)
    elif not words:
        people = people.none()
    # Whose name it is comes before whom it says something about.
    named = Q(user__name__unaccent__icontains=words[0]) if words else Q(pk__isnull=False)
    return people.annotate(is_named=named).order_by("-is_named", "user__name", "pk")


def _person(asked: Asked, row: Row) -> Hit:
    offer = row["user__can_help_with"]
    helps = _("Can help with %(what)s") % {"what": offer} if offer else ""
    picture = avatar(
        SimpleNamespace(pk=row["user__id"], name=row["user__name"], photo=row["user__photo"])
    )
    about = (row["user__title"], row["organization__name"], row["team__name"])
    url = f"{_listed(asked, 'cohort:people')}{row['pk']}/"
    return Hit(url, escape(row["user__name"]), escape(helps), [n for n in about if n], picture)


@dataclass(frozen=True)
class Listed:
    """A kind of thing that is found by a queryset in order: what of it a hit is made of."""

    find: Callable[[Asked], QuerySet[Any]]
    fields: tuple[str, ...]
    hit: Callable[[Asked, Row], Hit]


LISTED = {
    "sessions": Listed(
        lambda asked: search_sessions(asked.member, asked.words, asked.narrow),
        ("pk", "title_found", "headline", "kind", "status", "starts_at"),
        _session,
    ),
    "rooms": Listed(
        lambda asked: search_lines(asked.member, asked.words, asked.narrow),
        ("room", "seq", "room__session__title", "headline", "sender__user__name", "created_at"),
        _line,
    ),
    "library": Listed(
        lambda asked: matching_resources(asked.member, asked.words, asked.narrow),
        (
            "pk", "title_found", "headline", "kind", "url", "current_version__name",
            "added_by__user__name", "created_at",
        ),
        _resource,
    ),
    "requests": Listed(
        lambda asked: matching_requests(asked.member, asked.words, asked.narrow),
        ("pk", "title_found", "headline", "closed_at", "asked_by__user__name", "created_at"),
        _request,
    ),
    "people": Listed(
        _people,
        (
            "pk", "user__id", "user__name", "user__photo", "user__title", "organization__name",
            "team__name", "user__can_help_with",
        ),
        _person,
    ),
}  # fmt: skip


def find_listed(asked: Asked, parts: Mapping[str, Part]) -> dict[str, Hits]:
    """Hits of the kinds of `LISTED` that are named, in one query."""
    asking = [_rows(name, LISTED[name], asked, part) for name, part in parts.items()]
    found: dict[str, list[tuple[int, Row, int]]] = {name: [] for name in parts}
    for name, place, row, count in _together(asking):
        found[name].append((place, row, count))
    return {name: _hits(LISTED[name], asked, parts[name], found[name]) for name in parts}


def _rows(name: str, kind: Listed, asked: Asked, part: Part) -> QuerySet[Any, Any]:
    """(name, place among its kind, what a hit is made of, how many there are in all)."""
    found = kind.find(asked)
    count = Window(Count("pk"))
    if part.start == part.stop:
        nothing = Value(None, JSONField())
        counted = found.order_by().values_list(
            Value(name), Value(0, IntegerField()), nothing, count
        )
        return counted[:1]
    order: Any = found.query.order_by
    place = Window(RowNumber(), order_by=list(order))
    made_of = JSONObject(**{field: field for field in kind.fields})
    return found.values_list(Value(name), place, made_of, count)[part.start : part.stop]


def _together(asking: list[QuerySet[Any, Any]]) -> Iterable[Any]:
    if not asking:
        return []
    return asking[0].union(*asking[1:], all=True)


def _hits(kind: Listed, asked: Asked, part: Part, found: list[tuple[int, Row, int]]) -> Hits:
    if not found:
        # Beyond the last page nothing says how many there are.
        return Hits([], kind.find(asked).count() if part.start else 0)
    rows = sorted(found, key=lambda row: row[0])
    return Hits([kind.hit(asked, row) for _place, row, _n in rows if row], rows[0][2])


def _moment(text: str) -> Any:
    return parse_datetime(text)


def _label(choices: Any, value: str) -> str:
    return str(choices(value).label)


def _listed(asked: Asked, view: str) -> str:
    return reverse(view, args=[asked.member.cohort.slug])
