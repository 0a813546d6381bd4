"""What a live room reads from the database, each in one go, for sockets' threads to run."""

from collections.abc import Collection
from dataclasses import dataclass, field

from cohort.access import find_membership
from cohort.models import Membership
from cohort.sockets import Visitor, still_signed_in
from sessions.models import (
    ChatMessage,
    LearningSession,
    Pulse,
    Question,
    Room,
    RoomMute,
    SharedNotes,
)
from sessions.permissions import can_chat, can_write_notes
from sessions.queries.pulses import Tally, tallies
from sessions.queries.room import with_company, with_people

PAGE = 200


@dataclass(frozen=True)
class Entrant:
    """Somebody who may enter a room, and what they may do in it."""

    member: Membership
    may_write: bool
    is_muted: bool = False
    slow_seconds: int = 0


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
    if session is None:
        return None
    is_muted = RoomMute.objects.filter(room=session_pk, member=member).exists()
    return _entrant(member, session, is_muted, _slow_seconds(session_pk))


def _entrant(
    member: Membership, session: LearningSession, is_muted: bool, slow_seconds: int
) -> Entrant:
    may_write = can_chat(member, session) and not is_muted
    return Entrant(member, may_write, is_muted, 0 if member.is_facilitator else slow_seconds)


def _slow_seconds(session_pk: int) -> int:
    row = Room.objects.filter(pk=session_pk).values_list("slow_seconds", flat=True).first()
    return row or 0


def notes_entrant(visitor: Visitor, cohort_slug: str, session_pk: int) -> Entrant | None:
    """The visitor as a member who may read this session's notes, or None."""
    member = find_membership(visitor.user_pk, cohort_slug)
    if member is None or not member.has_agreed:
        return None
    session = LearningSession.objects.visible_to(member).filter(pk=session_pk).first()
    return Entrant(member, can_write_notes(member, session)) if session else None


def head(session_pk: int) -> Head:
    row = (
        LearningSession.objects.filter(pk=session_pk)
        .values_list("public_id", "room__last_seq", "room__last_rev")
        .first()
    )
    return Head(str(row[0]), row[1] or 0, row[2] or 0) if row else Head()


@dataclass(frozen=True)
class Heads:
    """How far rooms have come, and shared notes."""

    rooms: dict[int, tuple[int, int]]
    notes: dict[int, int]


def heads(rooms: Collection[int], notes: Collection[int]) -> Heads:
    """Asked every few seconds by each process, whatever it hears: one query, or two."""
    rows = Room.objects.filter(pk__in=rooms).values_list("pk", "last_seq", "last_rev")
    versions = SharedNotes.objects.filter(pk__in=notes).values_list("pk", "version")
    return Heads({pk: (seq, rev) for pk, seq, rev in rows}, dict(versions))


def state(session_pk: int, visitors: Collection[Visitor], member_pks: Collection[int]) -> State:
    """Asked on each beat and whenever somebody's access changed: a constant number of queries."""
    session = LearningSession.objects.filter(pk=session_pk).first()
    if session is None:
        return State(Head())
    muted = set(RoomMute.objects.filter(room=session_pk).values_list("member_id", flat=True))
    slow_seconds = _slow_seconds(session_pk)
    return State(
        head(session_pk),
        still_signed_in(visitors),
        {
            member.pk: _entrant(member, session, member.pk in muted, slow_seconds)
            for member in _members(session, member_pks)
        },
    )


def notes_state(
    session_pk: int, visitors: Collection[Visitor], member_pks: Collection[int]
) -> State:
    """The same for shared notes, which others may write than the chat."""
    session = LearningSession.objects.filter(pk=session_pk).first()
    if session is None:
        return State(Head())
    return State(
        Head(),
        still_signed_in(visitors),
        {
            member.pk: Entrant(member, can_write_notes(member, session))
            for member in _members(session, member_pks)
        },
    )


def _members(session: LearningSession, member_pks: Collection[int]) -> list[Membership]:
    """Those of these members who may see the session at this moment."""
    members = (
        Membership.objects.active()
        .agreed()
        .select_related("user", "team", "cohort")
        .filter(pk__in=member_pks)
    )
    return [member for member in members if session.is_visible_to(member)]


def lines_after(session_pk: int, seq: int) -> list[ChatMessage]:
    """The next page of lines, for everybody in the room alike."""
    lines = ChatMessage.objects.filter(room_id=session_pk, seq__gt=seq).order_by("seq")
    return with_company(list(with_people(lines)[:PAGE]))


@dataclass(frozen=True)
class Changes:
    """What changed in a room, each thing once, in the order of the latest change to each."""

    things: list[ChatMessage | Question | Pulse]
    tallies: dict[int, Tally]


def changes_after(session_pk: int, rev: int) -> Changes:
    """The next page of changes, for everybody in the room alike."""
    lines = ChatMessage.objects.filter(room_id=session_pk, rev__gt=rev).order_by("rev")
    questions = Question.objects.filter(room_id=session_pk, rev__gt=rev).order_by("rev")
    pulses = list(Pulse.objects.filter(room_id=session_pk, rev__gt=rev).order_by("rev")[:PAGE])
    things: list[ChatMessage | Question | Pulse] = [
        *with_company(list(with_people(lines)[:PAGE])),
        *questions.select_related("asker__user", "asker__team")[:PAGE],
        *pulses,
    ]
    return Changes(sorted(things, key=lambda thing: thing.rev)[:PAGE], tallies(pulses))
