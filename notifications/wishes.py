"""What a member wants to hear of, and how: their choices, or the published defaults."""

from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef, Q

from cohort.models import Membership
from notifications import registry
from notifications.models import Choices, Rhythm, Way
from notifications.registry import EDITION


def choices_of(member: Membership) -> Choices:
    """The member's choices; the defaults, not saved yet, where they never chose."""
    return Choices.objects.filter(pk=member.pk).first() or Choices(member=member)


def wants(choices: Choices | None, topic: str | None, way: Way = Way.MAIL) -> bool:
    """Whether news of a topic may go that way; service mail (no topic) always may."""
    if topic is None:
        return True
    if topic == EDITION:
        return way is Way.MAIL and (choices is None or choices.edition != Rhythm.NEVER)
    was_switched = choices is not None and switch(topic, way) in choices.switched
    return is_default(topic, way) != was_switched


def switch(topic: str, way: Way) -> str:
    """How `Choices.switched` names a topic's way."""
    return f"{topic}:{way}"


def is_default(topic: str, way: Way) -> bool:
    """Whether it goes that way for whoever never chose."""
    known = registry.topics.get(topic)
    return known is not None and way in known.defaults


def of_members(member_pks: Iterable[int]) -> dict[int, Choices]:
    """Choices by membership; who never chose has none."""
    return Choices.objects.in_bulk(list(member_pks))


def unwanted(
    member_pks: Iterable[int], topics: Collection[str], way: Way = Way.MAIL
) -> dict[int, set[str]]:
    """Which of the topics each member does not want that way, in one query."""
    pks = list(member_pks)
    choices = of_members(pks)
    return {pk: {topic for topic in topics if not wants(choices.get(pk), topic, way)} for pk in pks}


def wanting(
    topic: str | None, ways: Iterable[Way], members: Collection[Membership]
) -> dict[Way, list[Membership]]:
    """Those of the members who want a topic, by way, in one query."""
    choices = of_members(member.pk for member in members) if topic and members else {}
    return {
        way: [member for member in members if wants(choices.get(member.pk), topic, way)]
        for way in ways
    }


def not_switched_off(topic: str | None, way: Way = Way.MAIL) -> Q:
    """Deliveries whose recipient still wants the topic and is still there, as one condition.

    Made of EXISTS alone: a join would move the whole condition of an UPDATE into a subquery,
    which PostgreSQL does not look at again when another worker got there first.
    """
    active = Membership.objects.active().filter(pk=OuterRef("recipient_id"))
    condition = Q(recipient=None) | Q(Exists(active))
    return condition if topic is None else condition & wish(topic, way, "recipient_id")


def wish(topic: str, way: Way, member: str = "pk") -> Q:
    """Rows whose `member` (a field that names a membership) wants a topic that way."""
    chosen = Choices.objects.filter(pk=OuterRef(member))
    if topic == EDITION:
        return ~Q(Exists(chosen.filter(edition=Rhythm.NEVER)))
    switched = Q(Exists(chosen.filter(switched__contains=[switch(topic, way)])))
    return ~switched if is_default(topic, way) else switched
