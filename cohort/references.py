"""Links to things of this product, shown by their titles to whoever may see the thing.

Rooms register in `AppConfig.ready` what their pages' addresses look like and how their titles are
found. A text keeps its bare links as they are, and beside it what they lead to ("thread:12");
the titles are put in when it is read, since not every reader may see every thing.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import CharField, QuerySet, Value
from django.utils.html import escape

from cohort.models import Cohort, Membership

# Those that the member may see, as rows of the kind's name, primary key and title.
Titles = Callable[[Membership, Collection[int]], QuerySet[Any, Any]]


@dataclass(frozen=True)
class Kind:
    name: str
    # What follows `/c/<cohort>/` in the address of its page, with one group: the primary key.
    path: re.Pattern[str]
    titles: Titles
    model: Any
    # Whether files are put into what is written there.
    keeps_files: bool


@dataclass(frozen=True)
class Thing:
    """What a reference leads to, for whoever may see it."""

    kind: str
    title: str
    url: str


_kinds: dict[str, Kind] = {}
# A link whose text is its own address: somebody pasted it.
_LINK = re.compile(r'<a href="([^"<>]*)"')
_BARE_LINK = re.compile(r'<a href="([^"<>]*)"([^<>]*)>([^<>]*)</a>')


def register(name: str, path: str, model: Any, *, keeps_files: bool = False) -> None:
    """Pages of a model that has a `title` and `objects.visible_to`."""

    def titles(member: Membership, pks: Collection[int]) -> QuerySet[Any, Any]:
        seen = model.objects.visible_to(member).filter(pk__in=pks).order_by()
        kind = Value(name, output_field=CharField())
        return seen.annotate(reference_kind=kind).values_list("reference_kind", "pk", "title")

    _kinds[name] = Kind(name, re.compile(path), titles, model, keeps_files)


def keepers() -> list[Kind]:
    """The kinds of things that files are put into."""
    return [kind for kind in _kinds.values() if kind.keeps_files]


def references_in(html: str, cohort_slug: str) -> list[str]:
    """What sanitized HTML's bare links into this cohort lead to, each once: `["thread:12"]`."""
    found = (_reference(link[1], link[3], cohort_slug) for link in _BARE_LINK.finditer(html))
    return list(dict.fromkeys(filter(None, found)))


def linked_in(html: str, cohort_slug: str) -> list[str]:
    """What all links of sanitized HTML into this cohort lead to, each once: `["resource:12"]`."""
    found = (
        reference_of(link[1].replace("&amp;", "&"), cohort_slug) for link in _LINK.finditer(html)
    )
    return list(dict.fromkeys(filter(None, found)))


def titles_of(references: Iterable[str], member: Membership) -> dict[str, str]:
    """Titles by reference, of what the member may see: one query, or none for no reference."""
    pks = defaultdict(set)
    for reference in references:
        name, _colon, pk = reference.partition(":")
        pks[name].add(int(pk))
    wanted = [_kinds[name].titles(member, pks[name]) for name in sorted(pks) if name in _kinds]
    if not wanted:
        return {}
    found = wanted[0].union(*wanted[1:], all=True) if len(wanted) > 1 else wanted[0]
    return {f"{name}:{pk}": title for name, pk, title in found}


def thing_of(reference: str, member: Membership) -> Thing | None:
    """What a reference leads to, where the member may see it: one query, none for no reference."""
    title = titles_of(filter(None, [reference]), member).get(reference)
    if title is None:
        return None
    name, _colon, pk = reference.partition(":")
    return thing_at(name, int(pk), title, member.cohort)


def thing_at(kind: str, pk: int, title: str, cohort: Cohort) -> Thing:
    """A thing of which kind, key and title are known, with its address."""
    return Thing(kind, title, _kinds[kind].model(pk=pk, cohort=cohort).get_absolute_url())


def with_titles(html: str, titles: dict[str, str], cohort_slug: str) -> str:
    """The HTML with the known titles in place of the addresses."""

    def name(link: re.Match[str]) -> str:
        title = titles.get(_reference(link[1], link[3], cohort_slug))
        return f'<a href="{link[1]}"{link[2]}>{escape(title)}</a>' if title else link[0]

    return _BARE_LINK.sub(name, html)


def _reference(href: str, text: str, cohort_slug: str) -> str:
    """What a bare link leads to, or nothing."""
    address = href.replace("&amp;", "&")
    if text.strip().replace("&amp;", "&") not in (address, address.split("://")[-1]):
        return ""
    return reference_of(address, cohort_slug)


def reference_of(address: str, cohort_slug: str) -> str:
    """What an address in this cohort leads to ("thread:12"), or nothing."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    start = f"/c/{cohort_slug}/"
    is_here = not parts.netloc or parts.netloc == urlsplit(settings.BASE_URL).netloc
    if not (is_here and parts.path.startswith(start)):
        return ""
    place = parts.path.removeprefix(start)
    matches = ((kind.name, kind.path.fullmatch(place)) for kind in _kinds.values())
    return next((f"{name}:{int(match[1])}" for name, match in matches if match), "")
