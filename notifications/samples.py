"""Every kind of mail with invented people and words, to be looked at in the console.

Whatever stands in a sample has the key 0, which no row has: its links lead nowhere, and its
unsubscribe link is nobody's.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from cohort.models import Cohort, Membership, Role, Team, User
from notifications import registry
from notifications.models import Delivery
from notifications.registry import Kind, Mail

ADDRESS = "ana.ruiz@example.org"


@dataclass(frozen=True)
class Sample:
    slug: str
    label: str
    about: str  # which switch stops it, in words
    mail: Mail


def all_samples() -> list[Sample]:
    """One of each kind there is, by name."""
    found = [sample_of(kind) for kind in registry.kinds.values() if kind.sample]
    return sorted((sample for sample in found if sample), key=lambda sample: sample.label)


def sample_of(kind: Kind) -> Sample | None:
    if kind.sample is None:
        return None
    reader = person("Ana Ruiz", email=ADDRESS)
    delivery = Delivery(kind=kind.name, cohort=reader.cohort, recipient=reader)
    return Sample(
        slug=kind.name, label=str(kind.label), about=_about(kind), mail=kind.sample(delivery)
    )


def _about(kind: Kind) -> str:
    topic = registry.topics.get(kind.topic or "")
    if topic is None:
        return _("Goes to whoever it concerns; it cannot be switched off.")
    return _("Can be switched off: %(topic)s") % {"topic": topic.label}


def cohort() -> Cohort:
    return Cohort(
        pk=0,
        slug="sample",
        name=_("Sample Cohort"),
        starts_on=date(2026, 9, 1),
        ends_on=date(2027, 8, 31),
    )


def team() -> Team:
    return Team(pk=0, cohort=cohort(), slug="harbor", name="Harbor Promise", place="Harbor City")


def person(name: str, role: str = Role.MEMBER, **fields: Any) -> Membership:
    user = User(pk=0, name=name, title=_("Superintendent"), **fields)
    own = team() if role in (Role.MEMBER, Role.TEAM_LEAD) else None
    return Membership(pk=0, cohort=cohort(), user=user, role=role, team=own)


def reader_of(delivery: Delivery) -> Membership:
    """Whom a sample is for."""
    assert delivery.recipient is not None  # noqa: S101 (samples always have one)
    return delivery.recipient
