"""What the sockets of bells ask the database, for sockets' threads to run."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count

from cohort.access import find_membership
from cohort.models import Membership
from cohort.sockets import Visitor, still_signed_in
from notifications import bell
from notifications.models import Entry


@dataclass(frozen=True)
class Listener:
    """Somebody whose bell is open on a page."""

    visitor: Visitor
    member_pk: int
    cohort_pk: int


def listener(visitor: Visitor, cohort_slug: str) -> tuple[Listener, int] | None:
    """The visitor as a member with a bell, and how much is unread there; or None."""
    member = find_membership(visitor.user_pk, cohort_slug)
    if member is None or not member.has_agreed:
        return None
    return Listener(visitor, member.pk, member.cohort_id), bell.unread_count(member)


@dataclass(frozen=True)
class Look:
    """Who of some listeners may still listen, and what their bells say: four queries for all."""

    signed_in: set[Visitor]
    members: set[int]
    unread: dict[int, int]


def look(listeners: Collection[Listener]) -> Look:
    pks = {listener.member_pk for listener in listeners}
    members = set(
        Membership.objects.active().agreed().filter(pk__in=pks).values_list("pk", flat=True)
    )
    counts = Entry.objects.unread().filter(member__in=members).order_by().values_list("member")
    return Look(
        signed_in=still_signed_in({listener.visitor for listener in listeners}),
        members=members,
        unread=dict(counts.annotate(count=Count("pk"))),
    )
