"""The protocol: what features tell the reach engine, and nothing it must know of them.

A feature registers, in its `AppConfig.ready`:
- the **topics** people can switch off,
- the **kinds** of mail it sends, each with the function that composes it,
- **planners**, which put into the outbox what has become due,
- **sections** of the edition.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cohort.models import Membership
from notifications.models import Delivery


@dataclass(frozen=True)
class Topic:
    """A group of mails that one switch turns off."""

    name: str
    label: Any
    description: Any


@dataclass(frozen=True)
class Mail:
    """A composed mail, rendered for one reader in their own zone."""

    subject: str
    text: str
    html: str
    sender: str = "notify"  # a key of settings.MAIL_FROM
    list_id: str = ""  # RFC 2919, without brackets; empty for service mail
    headers: dict[str, str] = field(default_factory=dict)
    calendar: tuple[str, bytes] | None = None  # iTIP method and the calendar object


@dataclass(frozen=True)
class Skip:
    """Not to be sent, and why, in words for the delivery log."""

    reason: str


Outcome = Mail | Skip
Composer = Callable[[Sequence[Delivery]], Iterable[tuple[Delivery, Outcome]]]


@dataclass(frozen=True)
class MailKind:
    """One kind of mail. `compose` gets a batch, so that its queries do not grow with readers."""

    name: str
    label: Any
    compose: Composer
    topic: str | None = None  # None: service mail, which cannot be switched off
    # What to do when a worker died between handing over and noting it: invitations are safe to
    # repeat (a calendar knows them by UID and SEQUENCE), reminders and editions are not.
    resend_uncertain: bool = False
    # Called in the transaction that settles a delivery as sent or uncertain.
    on_settled: Callable[[Delivery], None] | None = None


@dataclass(frozen=True)
class SectionPart:
    """What one feature brings to one reader's edition."""

    title: Any
    template: str  # mail/… without its ending; .html and .txt are both rendered
    items: Sequence[Any]


# (readers, since) -> the part for each reader who has any news, by membership id.
Section = Callable[[Sequence[Membership], dict[int, datetime]], dict[int, SectionPart]]
Planner = Callable[[datetime], int]

topics: dict[str, Topic] = {}
kinds: dict[str, MailKind] = {}
planners: list[Planner] = []
sections: list[Section] = []


def register_topic(topic: Topic) -> None:
    topics[topic.name] = topic


def register_kind(kind: MailKind) -> None:
    kinds[kind.name] = kind


def register_planner(planner: Planner) -> None:
    """A planner inserts due deliveries (conflicts ignored) and returns how many were new."""
    planners.append(planner)


def register_section(section: Section) -> None:
    sections.append(section)
