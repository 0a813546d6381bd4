"""What the front door shows, gathered from every room through its own queries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cohort.models import Membership
from cohort.queries import search_people
from forums.queries import (
    recent_threads,
    search_threads,
    unanswered_questions,
    unread_replies_to_me,
)
from resources.queries import recent_resources, search_resources
from sessions.models import LearningSession
from sessions.queries import next_session, search_sessions, upcoming

ROWS = 5
LONGEST_QUERY = 200
HITS_IN_ALL = 4
HITS_IN_TAB = 30
FIRST_VISIT_LOOKS_BACK = timedelta(days=14)


@dataclass(frozen=True)
class Desk:
    """A member's home on one screen: what is next, what waits for me, what is new."""

    session: LearningSession | None
    later: list[LearningSession]
    replies: list[Any]
    questions: list[Any]
    threads: list[Any]
    resources: list[Any]
    since: datetime

    @property
    def waits(self) -> int:
        return len(self.replies) + len(self.questions)


def desk(member: Membership, now: datetime) -> Desk:
    """Everything home shows, in a number of queries that does not grow with the rows."""
    session = next_session(member)
    later = upcoming(member).standing()
    return Desk(
        session=session,
        later=list((later.exclude(pk=session.pk) if session else later)[:3]),
        replies=list(unread_replies_to_me(member, limit=ROWS)),
        questions=unanswered_questions(member, limit=3),
        threads=recent_threads(member, limit=ROWS),
        resources=recent_resources(member, limit=4),
        since=member.previous_visit_at or now - FIRST_VISIT_LOOKS_BACK,
    )


@dataclass(frozen=True)
class Month:
    first: datetime
    sessions: list[LearningSession]


def by_month(sessions: Sequence[LearningSession]) -> list[Month]:
    """The year's sessions under their months, in the reader's zone."""

    def month(session: LearningSession) -> tuple[int, int]:
        wall = timezone.localtime(session.starts_at)
        return wall.year, wall.month

    months = [list(group) for _month, group in groupby(sessions, key=month)]
    return [Month(first=group[0].starts_at, sessions=group) for group in months]


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
