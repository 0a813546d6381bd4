"""What the library is narrowed by, as an address asks for it, and as the page offers it.

No Django form: ten fields copied, checked and rendered, each by templates of its own, took the
seventh part of the page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort.files.types import ALL, BYTES
from cohort.models import Membership, Sector, Team, Theme
from cohort.search import LONGEST_QUERY
from resources.languages import LANGUAGES
from resources.models import Resource
from resources.relations import LINK, PAGE, sessions_seen

LABELS = {
    "kind": gettext_lazy("Kind"),
    "theme": gettext_lazy("Theme"),
    "team": gettext_lazy("Team"),
    "sector": gettext_lazy("Sector"),
    "session": gettext_lazy("Used in session"),
    "type": gettext_lazy("File type"),
    "language": gettext_lazy("Language"),
    "year": gettext_lazy("Year"),
}
# The first stand open, the others fold.
MAIN = 3
SORTS = {
    "helpful": gettext_lazy("Most helpful first"),
    "used": gettext_lazy("Most downloaded first"),
}


@dataclass(frozen=True)
class Facet:
    """A select: its name, what stands above it, and its choices, a value and its words each."""

    name: str
    label: str
    none: str  # the words of no choice
    choices: list[tuple[str, str]]
    chosen: str

    @property
    def options(self) -> SafeString:
        lines = [f'<option value="">{escape(self.none)}</option>']
        for value, words in self.choices:
            is_chosen = " selected" if value == self.chosen else ""
            lines.append(f'<option value="{escape(value)}"{is_chosen}>{escape(words)}</option>')
        return SafeString("".join(lines))


class ShelfFilters:
    """What a member asked the library for. What is not understood narrows nothing.

    `chosen` has the value of each facet that was chosen, a theme and a team as their keys, with
    the words searched for as `q` and the order as `sort`.
    """

    def __init__(self, asked: QueryDict, member: Membership) -> None:
        teams = Team.objects.filter(cohort=member.cohort_id)
        # Those that an address names by their slugs: the key and the name of each.
        self._named = {"theme": _by_slug(Theme.objects.all()), "team": _by_slug(teams)}
        self._words = self._known(member)
        self._values = {
            name: value
            for name, words in {**self._words, "sort": SORTS}.items()
            if (value := asked.get(name, "")) in words
        }
        self.chosen: dict[str, Any] = {
            name: self._named[name][value][0] if name in self._named else value
            for name, value in self._values.items()
        }
        if query := asked.get("q", "").replace("\0", "").strip()[:LONGEST_QUERY]:
            self.chosen["q"] = query

    def _known(self, member: Membership) -> dict[str, dict[str, Any]]:
        """The words of each value that a facet may have."""
        sessions = sessions_seen(member).filter(resources__isnull=False).distinct()
        titles = sessions.order_by("-starts_at").values_list("pk", "title")
        types = {kind.content_type: kind.label for kind in ALL}
        return {
            "kind": dict(Resource.Kind.choices),
            **{
                facet: {slug: name for slug, (_pk, name) in rows.items()}
                for facet, rows in self._named.items()
            },
            "sector": dict(Sector.choices),
            "session": {str(pk): title for pk, title in titles},
            "type": {**types, BYTES: _("Other file"), LINK: _("Link"), PAGE: _("Page")},
            "language": LANGUAGES,
            "year": {str(year): year for year in range(2000, 2101)},
        }

    def facets(self, counts: Mapping[str, Mapping[str, int]]) -> tuple[list[Facet], list[Facet]]:
        """Those that stand open and those that fold, with how many there are of each value.

        `counts` as `resources.queries.facets` gives them; a value of which there is none is left
        out, unless it was chosen.
        """
        numbers = {name: dict(counts.get(name, {})) for name in LABELS}
        for name, rows in self._named.items():
            found = numbers[name]
            numbers[name] = {
                slug: found[str(pk)] for slug, (pk, _name) in rows.items() if str(pk) in found
            }
        facets = [self._facet(name, numbers[name]) for name in LABELS]
        sorts = [(value, str(words)) for value, words in SORTS.items()]
        order = Facet("sort", _("Order"), _("Newest first"), sorts, self._values.get("sort", ""))
        return facets[:MAIN], [*facets[MAIN:], order]

    def _facet(self, name: str, numbers: Mapping[str, int]) -> Facet:
        chosen = self._values.get(name, "")
        choices = [
            (value, f"{words} ({numbers.get(value, 0)})")
            for value, words in self._words[name].items()
            if value in numbers or value == chosen
        ]
        return Facet(name, str(LABELS[name]), _("All"), choices, chosen)

    @property
    def narrowing(self) -> list[tuple[str, str]]:
        """The words of each value that was chosen, and what an address asks for without it."""
        chosen = {name: self._values[name] for name in LABELS if name in self._values}
        return [
            (str(self._words[name][value]), self._without(name)) for name, value in chosen.items()
        ]

    def _without(self, name: str) -> str:
        values = {"q": self.chosen.get("q", ""), **self._values, name: ""}
        return urlencode({key: value for key, value in values.items() if value})

    @property
    def narrows_more(self) -> bool:
        return any(name not in list(LABELS)[:MAIN] for name in self._values)


def _by_slug(rows: QuerySet[Any]) -> dict[str, tuple[int, str]]:
    return {slug: (pk, name) for slug, pk, name in rows.values_list("slug", "pk", "name")}
