"""The page of the bell: its lines by day, with what of them may be seen now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership
from notifications import bell, registry
from notifications.models import Entry, EntryQuerySet
from notifications.registry import Line

PER_PAGE = 30
# The filter for what belongs to no topic.
OTHER = "other"


@dataclass(frozen=True)
class Row:
    entry: Entry
    line: Line


@dataclass(frozen=True)
class Day:
    day: date
    rows: list[Row]


@dataclass(frozen=True)
class Filters:
    """Which lines are asked for; words that mean nothing ask for all of them."""

    topic: str = ""
    unread: bool = False

    @classmethod
    def asked(cls, values: Any) -> "Filters":
        topic = values.get("topic", "")
        known = {name for name, _label in topic_choices()}
        return cls(topic if topic in known else "", bool(values.get("unread")))

    def of(self, entries: EntryQuerySet) -> EntryQuerySet:
        if self.topic:
            entries = entries.filter(kind__in=_kinds_of(self.topic))
        return entries.unread() if self.unread else entries

    def __bool__(self) -> bool:
        return bool(self.topic or self.unread)


@dataclass
class BellPage:
    page: Page
    days: list[Day] = field(default_factory=list)


def topic_choices() -> list[tuple[str, Any]]:
    """The topics that have lines in the bell, and one for what has no topic."""
    names = [kind.topic for kind in registry.kinds.values() if kind.describe]
    topics = [(name, registry.topics[name].label) for name in dict.fromkeys(names) if name]
    return [*topics, (OTHER, _("Other"))]


def _kinds_of(topic: str) -> list[str]:
    wanted = None if topic == OTHER else topic
    return [name for name, kind in registry.kinds.items() if kind.topic == wanted]


def bell_page(member: Membership, filters: Filters, number: Any) -> BellPage:
    """A page of lines, the latest first. Queries do not grow with the lines.

    Unread lines that say nothing any more go, so that the count is that of what can be read.
    """
    lines = filters.of(bell.entries_of(member))
    page = Paginator(lines, PER_PAGE).get_page(number)
    entries = list(page.object_list)
    for entry in entries:
        entry.member = member
    said = bell.lines_of(entries)
    bell.drop(member, [entry for entry in entries if entry.pk not in said])
    return BellPage(page, _by_day([Row(e, said[e.pk]) for e in entries if e.pk in said]))


def _by_day(rows: Sequence[Row]) -> list[Day]:
    """Under the days of the reader's own zone."""
    return [
        Day(day, list(group))
        for day, group in groupby(rows, key=lambda row: timezone.localdate(row.entry.at))
    ]
