"""What a member wants to be mailed: their choices, or the published defaults."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from cohort.models import Membership
from notifications.models import Choices, Rhythm
from notifications.registry import EDITION


def choices_of(member: Membership) -> Choices:
    """The member's choices; the defaults, not saved yet, where they never chose."""
    return Choices.objects.filter(pk=member.pk).first() or Choices(member=member)


def wants(choices: Choices | None, topic: str | None) -> bool:
    if topic is None or choices is None:
        return True
    if topic == EDITION:
        return choices.edition != Rhythm.NEVER
    return topic not in choices.topics_off


def of_members(member_pks: Iterable[int]) -> dict[int, Choices]:
    """Choices by membership; who never chose has none."""
    return Choices.objects.in_bulk(list(member_pks))


def not_switched_off(topic: str | None) -> Q:
    """Deliveries whose recipient still wants the topic and is still there, as one condition.

    Made of EXISTS alone: a join would move the whole condition of an UPDATE into a subquery,
    which PostgreSQL does not look at again when another worker got there first.
    """
    active = Membership.objects.active().filter(pk=OuterRef("recipient_id"))
    condition = Q(recipient=None) | Q(Exists(active))
    if topic is None:
        return condition
    off = Choices.objects.filter(pk=OuterRef("recipient_id"))
    if topic == EDITION:
        return condition & ~Q(Exists(off.filter(edition=Rhythm.NEVER)))
    return condition & ~Q(Exists(off.filter(topics_off__contains=[topic])))
