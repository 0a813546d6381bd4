"""What is said in a live room, in one order for everybody."""

import re
import uuid
from functools import partial

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from cohort.models import Membership
from sessions import live
from sessions.models import CHAT_LIMIT, ChatMessage, LearningSession, Room
from sessions.permissions import can_chat

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class Refused(Exception):
    """A line was not taken; `code` says why: empty, too_long, forbidden or closed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def say(*, session_pk: int, member_pk: int, client_id: uuid.UUID, body: str) -> ChatMessage:
    """Store a line and give it its place; the same `client_id` again returns the first one.

    Who may speak is asked anew for each line, as a socket outlives a role. Whoever calls tells
    the room. Raises Refused.
    """
    body = clean(body)
    member = (
        Membership.objects.active()
        .agreed()
        .select_related("user", "team", "cohort")
        .filter(pk=member_pk)
        .first()
    )
    session = (
        LearningSession.objects.visible_to(member).filter(pk=session_pk).first() if member else None
    )
    if member is None or session is None:
        raise Refused("forbidden")
    if not can_chat(member, session):
        raise Refused("forbidden" if not member.may_write else "closed")

    try:
        with transaction.atomic():
            return ChatMessage.objects.create(
                room_id=session.pk,
                seq=_next_seq(session.pk),
                sender=member,
                client_id=client_id,
                body=body,
            )
    except IntegrityError:
        return ChatMessage.objects.select_related("sender__user", "sender__team").get(
            room_id=session.pk, sender=member, client_id=client_id
        )


def clean(body: str) -> str:
    body = _CONTROL.sub("", body.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not body:
        raise Refused("empty")
    if len(body) > CHAT_LIMIT:
        raise Refused("too_long")
    return body


def _next_seq(session_pk: int) -> int:
    """The room's row stays locked until the line is committed, so lines commit in their order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO learning_sessions_room (session_id, last_seq, last_rev) VALUES (%s, 1, 0)"
            " ON CONFLICT (session_id) DO UPDATE SET last_seq = learning_sessions_room.last_seq + 1"
            " RETURNING last_seq",
            [session_pk],
        )
        return int(cursor.fetchone()[0])


@transaction.atomic
def remove_line(*, line: ChatMessage, by: Membership) -> None:
    """Take a line out of everybody's sight; it stays in the database and can come back."""
    _change(line, removed_at=timezone.now(), removed_by=by)


@transaction.atomic
def restore_line(*, line: ChatMessage) -> None:
    _change(line, removed_at=None, removed_by=None)


def _change(line: ChatMessage, **fields: object) -> None:
    room = Room.objects.select_for_update().get(pk=line.room_id)
    current = ChatMessage.objects.only("removed_at").get(pk=line.pk)
    if (current.removed_at is None) == (fields["removed_at"] is None):
        return
    Room.objects.filter(pk=room.pk).update(last_rev=F("last_rev") + 1)
    ChatMessage.objects.filter(pk=line.pk).update(rev=room.last_rev + 1, **fields)
    transaction.on_commit(partial(live.room_changed, room.pk))
