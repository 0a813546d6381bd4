"""What an open thread's socket asks the database, for sockets' threads to run."""

from dataclasses import dataclass

from cohort.access import find_membership
from cohort.models import Membership
from cohort.sockets import Visitor, still_signed_in
from forums.models import Thread


@dataclass(frozen=True)
class Listener:
    """Somebody who may hear that a thread goes on, and how far it has come."""

    member: Membership
    number: int
    # Others' replies are closed to them until they have written their own.
    awaits_answer: bool


def listener(visitor: Visitor, cohort_slug: str, thread_pk: int) -> Listener | None:
    """The visitor as a member who sees this thread, or None."""
    member = find_membership(visitor.user_pk, cohort_slug)
    if member is None or not member.has_agreed:
        return None
    threads = Thread.objects.visible_to(member).filter(pk=thread_pk)
    number = threads.values_list("last_number", flat=True).first()
    if number is None:
        return None
    return Listener(member, number, threads.awaiting_answer_of(member).exists())


def is_signed_in(visitor: Visitor) -> bool:
    return visitor in still_signed_in([visitor])
