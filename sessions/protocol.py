"""The words of a live room's socket: what may come in, and what goes out.

Out: hello, msg, edit, delete, question, pulse, ack, beat, here, typing, state, error, resync.
In: resume, msg, typing.
docs/live-room-socket.md describes them for those who write another client.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from cohort.models import Membership
from cohort.templatetags.cohort import hue, initials
from sessions.models import ChatMessage, Pulse, Question
from sessions.queries.pulses import Tally

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
    answers: int | None = None


@dataclass(frozen=True)
class Typing:
    """Somebody is writing a line."""


def read(text: str | None) -> Resume | Say | Typing:
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
            answers = frame.get("answers")
            return Say(
                _uuid(frame.get("client_id")),
                _words(frame.get("text")),
                None if answers is None else _whole(answers),
            )
        case "typing":
            return Typing()
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
        "at": stamp(line.created_at),
        "removed": line.removed_at is not None,
        "answers": _answered(line),
        "reactions": dict(line.by_kind),
    }


def _answered(line: ChatMessage) -> dict[str, Any] | None:
    other = line.answered
    return {"seq": other.seq, "name": other.name, "text": other.text} if other else None


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def msg(line: ChatMessage) -> str:
    """The one frame of a line, the same for everybody in the room."""
    return encode("msg", **line_of(line))


def change(thing: ChatMessage | Question | Pulse, tallies: Mapping[int, Tally]) -> str:
    """The frame of what changed, the same for everybody in the room."""
    if isinstance(thing, Question):
        return question(thing)
    if isinstance(thing, Pulse):
        return pulse(thing, tallies[thing.pk])
    if thing.removed_at:
        return encode("delete", seq=thing.seq, rev=thing.rev)
    return encode("edit", **line_of(thing))


def question(asked: Question) -> str:
    """Never who asked without their name; facilitators read that on the page."""
    is_hidden = asked.state == Question.State.HIDDEN
    return encode(
        "question",
        id=asked.pk,
        rev=asked.rev,
        state=asked.state,
        text="" if is_hidden else asked.text,
        by=None if is_hidden or asked.is_nameless else person(asked.asker),
        nameless=asked.is_nameless,
        votes=asked.votes,
        at=stamp(asked.created_at),
    )


def pulse(asked: Pulse, tally: Tally) -> str:
    return encode(
        "pulse",
        id=asked.pk,
        rev=asked.rev,
        open=asked.is_open,
        answers=tally.answers,
        counted=tally.counted,
        results=[[result.text, result.count] for result in tally.results],
    )


def beat(head_seq: int, head_rev: int) -> str:
    """`now` is the server's clock: browsers' own are wrong by minutes."""
    return encode("beat", head_seq=head_seq, head_rev=head_rev, now=stamp(timezone.now()))


def name_of(who: dict[str, Any]) -> dict[str, Any]:
    """Of a person, what a list of names needs: it goes to everybody whenever somebody comes."""
    return {"id": who["id"], "name": who["name"], "team": who["team"]}


def typing(people: Sequence[dict[str, Any]]) -> str:
    return encode("typing", people=people)


def here(count: int, people: Sequence[dict[str, Any]]) -> str:
    return encode("here", count=count, people=people)
