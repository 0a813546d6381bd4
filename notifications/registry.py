"""The protocol: what features tell the reach engine, and nothing it must know of them.

A feature registers, in its `AppConfig.ready`:
- the **topics** people can switch, way by way, with the defaults we publish,
- the **kinds** of news it tells, each with the functions that put it into words,
- **planners**, which tell what has become due (`notifications.reach.tell`),
- **sections** of the edition (`notifications.sections`).

All goes out by `notifications.reach.tell`. Before a composer is asked, the engine has checked what
holds for every mail: the reader is still an active member, has agreed to the norms and wants the
topic, the address takes mail, and it is not too late. A composer checks what only its feature knows
(may they still see it, is it still on), and answers with a `Mail` or a `Skip`. Headers, unsubscribe
links and the footer are the engine's; words and links are the composer's
(`notifications.rendering.render`). The bell's lines are described the same way, each time they are
shown.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cohort.models import Membership
from notifications.models import Delivery, Entry, Way

# The edition's topic: switched by its rhythm ("never") instead of a plain switch.
EDITION = "edition"


@dataclass(frozen=True)
class Topic:
    """A group of news that one switch for each way turns on or off."""

    name: str  # short, of a-z and dashes: it is a part of List-Id
    label: Any
    description: Any
    # The ways it goes for whoever never chose: published on the page of choices.
    defaults: frozenset[Way] = frozenset({Way.BELL, Way.MAIL})
    # The ways there is a choice of. The edition comes by mail alone, and has its rhythm.
    ways: frozenset[Way] = frozenset(Way)


@dataclass(frozen=True)
class Mail:
    """A composed mail, rendered for one reader in their own zone."""

    subject: str
    text: str
    html: str
    sender: str = "notify"  # a key of settings.MAIL_FROM
    # Whose words it carries, for From ("Ana Ruiz via Cohort"); empty: the cohort's name.
    author: str = ""
    list_id: str = ""  # RFC 2919, without brackets, where it should differ from the topic's own
    headers: dict[str, str] = field(default_factory=dict)
    calendar: tuple[str, bytes] | None = None  # iTIP method and the calendar object


@dataclass(frozen=True)
class Skip:
    """Not to be sent, and why: a word of `notifications.reasons`, or words of one's own."""

    reason: str


Outcome = Mail | Skip
Composer = Callable[[Sequence[Delivery]], Iterable[tuple[Delivery, Outcome]]]


# One mail of the kind for a delivery that is in no database, to somebody who is invented
# (`notifications.samples`): it reads nothing, and names nobody who exists.
Sampler = Callable[[Delivery], Mail]


@dataclass(frozen=True)
class Line:
    """What the bell, or a push, says of an entry to its reader, as they may see it now."""

    title: str
    url: str  # a path, as of get_absolute_url
    detail: str = ""  # a second, softer line: where, or how it begins
    icon: str = "bell"
    person: Membership | None = None  # whose picture stands beside it


# The line of each entry, by the entry's key. An entry whose reader may not see the thing any more,
# or of which nothing is left, is left out. Entries come with member, user, cohort and team loaded.
Describer = Callable[[Sequence[Entry]], dict[int, Line]]


@dataclass(frozen=True)
class Kind:
    """One kind of news. `compose` gets a batch, so that its queries do not grow with readers.

    Its deliveries come with `cohort`, `recipient`, `recipient.user` and `recipient.cohort` loaded.
    """

    name: str
    label: Any
    compose: Composer
    topic: str | None = None  # None: service mail, which cannot be switched off
    # Who is told of it inside the product as well, and in which words; None: by mail alone.
    describe: Describer | None = None
    # How it looks with invented people and words, for the console: every kind has one.
    sample: Sampler | None = None
    # What to do when a worker died between handing over and noting it: invitations are safe to
    # repeat (a calendar knows them by UID and SEQUENCE), reminders and editions are not.
    resend_uncertain: bool = False
    # Called in the transaction that settles a delivery as sent or uncertain.
    on_settled: Callable[[Delivery], None] | None = None
    # Retried at most this long, where `tell` is not told when it expires.
    lives: timedelta = timedelta(days=3)
    # One of thousands that come due together: whatever is not goes out before it.
    is_bulk: bool = False


Planner = Callable[[datetime], int]

topics: dict[str, Topic] = {}
kinds: dict[str, Kind] = {}
planners: list[Planner] = []


def register_topic(topic: Topic) -> None:
    topics[topic.name] = topic


def register_kind(kind: Kind) -> None:
    kinds[kind.name] = kind


def register_planner(planner: Planner) -> None:
    """A planner inserts due deliveries (conflicts ignored) and returns how many were new."""
    planners.append(planner)
