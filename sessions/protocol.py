"""The words of a live room's socket: what may come in, and what goes out.

Out: hello, msg, edit, delete, ack, beat, here, state, error, resync. In: resume, msg.
docs/live-room.md describes them for those who write another client.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.urls import reverse

from cohort.models import Membership
from cohort.templatetags.cohort import hue, initials
from sessions.models import ChatMessage

FRAME_LIMIT = 16 * 1024
LARGEST = 2**53


class BadFrame(ValueError):
    """What came in is not a frame; `code` says in which way."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Resume:
    after_seq: int
    after_rev: int
    epoch: str


@dataclass(frozen=True)
class Say:
    client_id: uuid.UUID
    text: str


def read(text: str | None) -> Resume | Say:
    """A frame from a browser, or BadFrame: too_big, bad_frame or unknown_type."""
    if text is None:
        raise BadFrame("bad_frame")
    # Counted in characters first: encoding is what a large frame would make us pay for.
    if len(text) > FRAME_LIMIT or len(text.encode(errors="replace")) > FRAME_LIMIT:
        raise BadFrame("too_big")
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFrame("bad_frame") from error
    if not isinstance(frame, dict):
        raise BadFrame("bad_frame")
    match frame.get("type"):
        case "resume":
            epoch = frame.get("epoch")
            return Resume(
                _whole(frame.get("after_seq")),
                _whole(frame.get("after_rev", 0)),
                epoch if isinstance(epoch, str) else "",
            )
        case "msg":
            return Say(_uuid(frame.get("client_id")), _words(frame.get("text")))
    raise BadFrame("unknown_type")


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < LARGEST:
        raise BadFrame("bad_frame")
    return value


def _uuid(value: Any) -> uuid.UUID:
    try:
        return uuid.UUID(value)
    except (ValueError, TypeError, AttributeError) as error:
        raise BadFrame("bad_frame") from error


def _words(value: Any) -> str:
    if not isinstance(value, str):
        raise BadFrame("bad_frame")
    return value


def encode(kind: str, **fields: Any) -> str:
    return json.dumps({"type": kind, **fields}, ensure_ascii=False, separators=(",", ":"))


def person(member: Membership | None) -> dict[str, Any] | None:
    """How a person shows beside a line or in the list of who is here."""
    if member is None:
        return None
    return {
        "id": member.pk,
        "name": member.user.name,
        "team": member.team.name if member.team else member.get_role_display(),
        "initials": initials(member.user.name),
        "hue": hue(member.user),
        "photo": reverse("cohort:photo", args=[member.user.pk]) if member.user.photo else "",
    }


def line_of(line: ChatMessage) -> dict[str, Any]:
    return {
        "seq": line.seq,
        "rev": line.rev,
        "client_id": str(line.client_id),
        "by": person(line.sender),
        "text": "" if line.removed_at else line.body,
        "at": line.created_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "removed": line.removed_at is not None,
    }


def msg(line: ChatMessage) -> str:
    """The one frame of a line, the same for everybody in the room."""
    return encode("msg", **line_of(line))


def change(line: ChatMessage) -> str:
    if line.removed_at:
        return encode("delete", seq=line.seq, rev=line.rev)
    return encode("edit", **line_of(line))


def name_of(who: dict[str, Any]) -> dict[str, Any]:
    """Of a person, what a list of names needs: it goes to everybody whenever somebody comes."""
    return {"id": who["id"], "name": who["name"], "team": who["team"]}


def here(count: int, people: Sequence[dict[str, Any]]) -> str:
    return encode("here", count=count, people=people)
