"""What a live room reads from the database, each in one go, for sockets' threads to run."""

from collections.abc import Collection
from dataclasses import dataclass, field

from cohort.access import find_membership
from cohort.models import Membership
from cohort.sockets import Visitor, still_signed_in
from sessions.models import ChatMessage, LearningSession, Room
from sessions.permissions import can_chat

PAGE = 200


@dataclass(frozen=True)
class Entrant:
    """Somebody who may enter a room, and what they may do in it."""

    member: Membership
    may_write: bool


@dataclass(frozen=True)
class Head:
    """How far a room has come."""

    epoch: str = ""
    seq: int = 0
    rev: int = 0


@dataclass(frozen=True)
class State:
    """A room as it is now: how far it has come, and who of those inside may stay."""

    head: Head
    signed_in: set[Visitor] = field(default_factory=set)
    entrants: dict[int, Entrant] = field(default_factory=dict)


def entrant(visitor: Visitor, cohort_slug: str, session_pk: int) -> Entrant | None:
    """The visitor as a member who may see this session, or None."""
    member = find_membership(visitor.user_pk, cohort_slug)
    if member is None or not member.has_agreed:
        return None
    session = LearningSession.objects.visible_to(member).filter(pk=session_pk).first()
    return Entrant(member, can_chat(member, session)) if session else None


def head(session_pk: int) -> Head:
    row = (
        LearningSession.objects.filter(pk=session_pk)
        .values_list("public_id", "room__last_seq", "room__last_rev")
        .first()
    )
    return Head(str(row[0]), row[1] or 0, row[2] or 0) if row else Head()


def heads(session_pks: Collection[int]) -> dict[int, tuple[int, int]]:
    rows = Room.objects.filter(pk__in=session_pks).values_list("pk", "last_seq", "last_rev")
    return {pk: (seq, rev) for pk, seq, rev in rows}


def state(session_pk: int, visitors: Collection[Visitor], member_pks: Collection[int]) -> State:
    """Asked on each beat and whenever somebody's access changed: a constant number of queries."""
    session = LearningSession.objects.filter(pk=session_pk).first()
    if session is None:
        return State(Head())
    members = (
        Membership.objects.active()
        .agreed()
        .select_related("user", "team", "cohort")
        .filter(pk__in=member_pks)
    )
    return State(
        head(session_pk),
        still_signed_in(visitors),
        {
            member.pk: Entrant(member, can_chat(member, session))
            for member in members
            if session.is_visible_to(member)
        },
    )


def lines_after(session_pk: int, seq: int) -> list[ChatMessage]:
    """The next page of lines, for everybody in the room alike."""
    lines = ChatMessage.objects.filter(room_id=session_pk, seq__gt=seq).order_by("seq")
    return list(lines.select_related("sender__user", "sender__team")[:PAGE])


def changes_after(session_pk: int, rev: int) -> list[ChatMessage]:
    """Lines that were removed or restored since, in the order of the latest change to each."""
    lines = ChatMessage.objects.filter(room_id=session_pk, rev__gt=rev).order_by("rev")
    return list(lines.select_related("sender__user", "sender__team")[:PAGE])
