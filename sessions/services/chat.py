"""What is said in a live room, in one order for everybody."""

import re
import uuid
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from cohort import audit
from cohort.models import Membership
from sessions import live
from sessions.models import CHAT_LIMIT, ChatMessage, LearningSession, LineReaction, RoomMute
from sessions.permissions import can_chat
from sessions.queries.room import with_company, with_people
from sessions.services.places import next_place, next_rev
from sessions.services.refusals import Refused

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def say(
    *,
    session_pk: int,
    member_pk: int,
    client_id: uuid.UUID,
    body: str,
    answers_seq: int | None = None,
) -> ChatMessage:
    """Store a line and give it its place; the same `client_id` again returns the first one.

    Who may speak is asked anew for each line, as a socket outlives a role. Whoever calls tells
    the room. Raises Refused.
    """
    body = clean(body, CHAT_LIMIT)
    member = speaker(session_pk, member_pk)
    try:
        with transaction.atomic():
            place = next_place(session_pk)
            if place.slow_seconds and not member.is_facilitator:
                _keep_slow(session_pk, member, client_id, place.slow_seconds)
            line = ChatMessage.objects.create(
                room_id=session_pk,
                seq=place.seq,
                sender=member,
                client_id=client_id,
                body=body,
                answers_seq=_standing(session_pk, answers_seq),
            )
    except IntegrityError:
        return _as_shown(room_id=session_pk, sender=member, client_id=client_id)
    return _as_shown(pk=line.pk) if line.answers_seq else line


def _as_shown(**which: Any) -> ChatMessage:
    return with_company([with_people(ChatMessage.objects.all()).get(**which)])[0]


def speaker(session_pk: int, member_pk: int) -> Membership:
    """The member, if they may write in this room at this moment; raises Refused."""
    member = (
        Membership.objects.active()
        .agreed()
        .select_related("user", "team", "cohort")
        .filter(pk=member_pk)
        .first()
    )
    if member is None:
        raise Refused("forbidden")
    mutes = RoomMute.objects.filter(room=OuterRef("pk"), member=member_pk)
    session = (
        LearningSession.objects.visible_to(member)
        .annotate(is_muted=Exists(mutes))
        .filter(pk=session_pk)
        .first()
    )
    if session is None or not member.may_write:
        raise Refused("forbidden")
    if session.is_muted:  # type: ignore[attr-defined]
        raise Refused("muted")
    if not can_chat(member, session):
        raise Refused("closed")
    return member


def clean(body: str, limit: int) -> str:
    """Text without what no keyboard writes; raises Refused when nothing or too much is left."""
    body = _CONTROL.sub("", body.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not body:
        raise Refused("empty")
    if len(body) > limit:
        raise Refused("too_long")
    return body


def _keep_slow(session_pk: int, member: Membership, client_id: uuid.UUID, seconds: int) -> None:
    mine = ChatMessage.objects.filter(room_id=session_pk, sender=member)
    if mine.filter(client_id=client_id).exists():
        raise IntegrityError("sent once already")
    latest = mine.order_by("-seq").values_list("created_at", flat=True).first()
    if latest and (wait := seconds - _passed(latest)) > 0:
        raise Refused("slow", round(wait, 1) + 0.1)


def _passed(since: datetime) -> float:
    return (timezone.now() - since).total_seconds()


def _standing(session_pk: int, seq: int | None) -> int | None:
    """The place of the line that is answered, if there is one there."""
    if seq is None:
        return None
    lines = ChatMessage.objects.filter(room_id=session_pk, seq=seq, removed_at=None)
    return seq if lines.exists() else None


@transaction.atomic
def remove_line(*, line: ChatMessage, by: Membership) -> None:
    """Take a line out of everybody's sight; it stays in the database and can come back."""
    if _change(line, removed_at=timezone.now(), removed_by=by):
        audit.record(
            "chat.line_removed", subject=f"{line.room} #{line.seq}", actor=by, cohort=by.cohort
        )


@transaction.atomic
def restore_line(*, line: ChatMessage, by: Membership) -> None:
    if _change(line, removed_at=None, removed_by=None):
        audit.record(
            "chat.line_restored", subject=f"{line.room} #{line.seq}", actor=by, cohort=by.cohort
        )


def _change(line: ChatMessage, **fields: object) -> bool:
    rev = next_rev(line.room_id)
    current = ChatMessage.objects.only("removed_at").get(pk=line.pk)
    if (current.removed_at is None) == (fields["removed_at"] is None):
        return False
    ChatMessage.objects.filter(pk=line.pk).update(rev=rev, **fields)
    live.room_moved_on(line.room_id)
    return True


@transaction.atomic
def react(*, line: ChatMessage, member: Membership, kind: str) -> None:
    """Make this the member's reaction to a line; an empty kind takes it back."""
    rev = next_rev(line.room_id)
    mine = LineReaction.objects.filter(line=line, member=member)
    if not kind:
        mine.delete()
    elif not mine.update(kind=kind):
        LineReaction.objects.create(line=line, member=member, kind=kind)
    ChatMessage.objects.filter(pk=line.pk).update(rev=rev)
    live.room_moved_on(line.room_id)
