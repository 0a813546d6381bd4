"""The protocol: what features tell the reach engine, and nothing it must know of them.

A feature registers, in its `AppConfig.ready`:
- the **topics** people can switch, way by way, with the defaults we publish,
- the **kinds** of news it tells, each with the functions that put it into words,
- **planners**, which tell what has become due (`notifications.reach.tell`),
- **sections** of the edition (`notifications.sections`).
- **reply handlers**: what becomes of an answer by mail.

All goes out by `notifications.reach.tell`. Before a composer is asked, the engine has checked what
holds for every mail: the reader is still an active member, has agreed to the norms and wants the
topic, the address takes mail, and it is not too late. A composer checks what only its feature knows
(may they still see it, is it still on), and answers with a `Mail` or a `Skip`. Headers, unsubscribe
links and the footer are the engine's; words and links are the composer's
(`notifications.rendering.render`). The bell's lines are described the same way, each time they are
shown.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cohort.files import CheckedFile
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
    # What an answer by mail is for: the name of a reply handler, and its thing's key.
    answers: tuple[str, int] | None = None
    reply_to: str = ""  # the engine's: where `answers` leads
    calendar: tuple[str, bytes] | None = None  # iTIP method and the calendar object

    @property
    def is_talk(self) -> bool:
        """Somebody's words to others, rather than what the product has to say."""
        return bool(self.author) and self.sender == "notify"


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
    # What to do where nobody knows whether it was taken: invitations are safe to repeat (a calendar
    # knows them by UID and SEQUENCE), reminders are not.
    resend_uncertain: bool = False
    # How many are noted as begun at once. When their worker dies, all of these are sent once more,
    # under the same Message-ID: most of them were not handed over.
    group: int = 1
    # Called in the transaction that settles deliveries as sent or uncertain.
    on_settled: Callable[[Sequence[Delivery]], None] | None = None
    # Retried at most this long, where `tell` is not told when it expires.
    lives: timedelta = timedelta(days=3)
    # Whether it is of use after its time, when a facilitator tries again what failed.
    is_of_use_late: bool = True
    # One of thousands that come due together: whatever is not goes out before it.
    is_bulk: bool = False


Planner = Callable[[datetime], int]


@dataclass(frozen=True)
class Answer:
    """What a member wrote back by mail about one thing."""

    # The same mail has the same key, however often it is told.
    key: uuid.UUID
    member: Membership
    target_pk: int
    body: str  # as it came: to be sanitized by whoever keeps it
    is_html: bool
    files: Sequence[CheckedFile]
    # The Message-IDs it answers, the nearest first, in brackets, as `Delivery.message_id`.
    answered: Sequence[str]
    sender: str  # the address in From, proven or not


@dataclass(frozen=True)
class Posted:
    """Published, or kept already; `url` is a path."""

    url: str


@dataclass(frozen=True)
class Held:
    """Kept for its member to look at, who was told."""

    url: str


@dataclass(frozen=True)
class NotTaken:
    """Not kept, and why, in words for who wrote it."""

    why: Any


@dataclass(frozen=True)
class ReplyHandler:
    """How a feature takes answers by mail to one kind of thing.

    Before it is asked, the engine has checked that the address is good, who wrote, that they are
    an active member, and how much they wrote lately.
    """

    name: str
    # Why the member may not answer the thing now, in words; empty if they may.
    refusal: Callable[[Membership, int], Any]
    post: Callable[[Answer], "Posted | Held | NotTaken"]
    # Keep it as a draft and tell the member; the words say why it was not posted.
    hold: Callable[[Answer, Any], "Held | NotTaken"]


@dataclass(frozen=True)
class CalendarAnswer:
    """What a calendar program sent to our organizer's address (iTIP, RFC 5546)."""

    method: str  # in capitals: REPLY, COUNTER, REFRESH
    calendar: bytes
    sender: str  # the address in From
    is_proven: bool  # that it is from there


CalendarHandler = Callable[[CalendarAnswer], "Posted | NotTaken"]

topics: dict[str, Topic] = {}
kinds: dict[str, Kind] = {}
planners: list[Planner] = []
reply_handlers: dict[str, ReplyHandler] = {}
calendar_handlers: list[CalendarHandler] = []


def register_topic(topic: Topic) -> None:
    topics[topic.name] = topic


def register_kind(kind: Kind) -> None:
    kinds[kind.name] = kind


def register_planner(planner: Planner) -> None:
    """A planner inserts due deliveries (conflicts ignored) and returns how many were new."""
    planners.append(planner)


def register_reply_handler(handler: ReplyHandler) -> None:
    """Mails with `answers=(handler.name, key)` can be answered from then on."""
    reply_handlers[handler.name] = handler


def register_calendar_handler(handler: CalendarHandler) -> None:
    """Asked in turn; the first that keeps an answer says `Posted`, with a path or none."""
    calendar_handlers.append(handler)
