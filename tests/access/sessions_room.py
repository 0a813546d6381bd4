"""Who may open what in the live room, over HTTP and over its sockets."""

import uuid
from typing import Any

from sessions.models import (
    ChatMessage,
    Pulse,
    Question,
)
from tests.access.sessions import (
    cancelled,
    coming,
    draft,
    hosts_only,
    in_team,
    of_hosts,
    of_team,
    over,
)
from tests.access.table import Row, facilitators, inside, writers
from tests.conftest import Cast


def line(cast: Cast) -> dict[str, Any]:
    where = coming(cast)
    ChatMessage.objects.create(
        room_id=where["session_pk"], seq=1, sender=cast.mia, client_id=uuid.uuid4(), body="Hello."
    )
    return {**where, "seq": 1}


def question(cast: Cast) -> dict[str, Any]:
    where = coming(cast)
    asked = Question.objects.create(room_id=where["session_pk"], asker=cast.theo, text="Who pays?")
    return {**where, "question_pk": asked.pk}


def hidden_question(cast: Cast) -> dict[str, Any]:
    where = question(cast)
    Question.objects.filter(pk=where["question_pk"]).update(state=Question.State.HIDDEN)
    return where


def pulse(cast: Cast) -> dict[str, Any]:
    where = coming(cast)
    asked = Pulse.objects.create(room_id=where["session_pk"], question="How was it?")
    return {**where, "pulse_pk": asked.pk}


def talker(cast: Cast) -> dict[str, Any]:
    return {**coming(cast), "member_pk": cast.mia.pk}


def a_question(cast: Cast) -> dict[str, Any]:
    return {"text": "Who pays for the buses?", "form_key": str(uuid.uuid4())}


def a_pulse(cast: Cast) -> dict[str, Any]:
    return {"question": "How was it?", "kind": "scale", "form_key": str(uuid.uuid4())}


ROWS: list[Row] = [
    Row("sessions:transcript", "GET", inside(200), coming),
    Row("sessions:transcript", "GET", in_team(200), of_team, case="of a team"),
    Row("sessions:line_remove", "GET", inside(403, fay=405), line),
    Row("sessions:line_remove", "POST", facilitators(302), line),
    Row("sessions:line_restore", "GET", inside(403, fay=405), line),
    Row("sessions:line_restore", "POST", facilitators(302), line),
    Row("sessions:line_react", "GET", inside(405), line),
    Row("sessions:line_react", "POST", writers(302), line, lambda cast: {"kind": "thanks"}),
    Row("sessions:room", "GET", inside(200), coming),
    Row("sessions:room", "POST", inside(405), coming),
    Row("sessions:room", "GET", in_team(200), of_team, case="of a team"),
    Row("sessions:room", "GET", hosts_only(200), of_hosts, case="of facilitators"),
    Row("sessions:room", "GET", hosts_only(200), draft, case="a draft"),
    Row("sessions:link_titles", "GET", inside(200), coming),
    Row("sessions:link_titles", "GET", in_team(200), of_team, case="of a team"),
    Row("sessions:room_pace", "GET", inside(403, fay=405), coming),
    Row("sessions:room_pace", "POST", facilitators(302), coming, lambda cast: {"seconds": "30"}),
    Row("sessions:member_mute", "GET", inside(403, fay=405), talker),
    Row("sessions:member_mute", "POST", facilitators(302), talker),
    Row("sessions:member_unmute", "GET", inside(403, fay=405), talker),
    Row("sessions:member_unmute", "POST", facilitators(302), talker),
    Row("sessions:question_create", "GET", inside(405), coming),
    Row("sessions:question_create", "POST", writers(302), coming, a_question),
    Row("sessions:question_create", "POST", in_team(302), of_team, a_question, case="of a team"),
    Row("sessions:question_vote", "GET", inside(405), question),
    Row("sessions:question_vote", "POST", writers(302), question, lambda cast: {"wants": "yes"}),
    Row(
        "sessions:question_vote",
        "POST",
        inside(404, fay=403),
        hidden_question,
        lambda cast: {"wants": "yes"},
        case="a hidden one",
    ),
    *(
        row
        for name in (
            "question_answered",
            "question_later",
            "question_hidden",
            "question_reopened",
        )
        for row in (
            Row(f"sessions:{name}", "GET", inside(403, fay=405), question),
            Row(f"sessions:{name}", "POST", facilitators(302), question),
        )
    ),
    Row("sessions:pulse_list", "GET", inside(200), coming),
    Row("sessions:pulse_list", "GET", in_team(200), of_team, case="of a team"),
    Row("sessions:pulse_create", "GET", inside(403, fay=405), coming),
    Row("sessions:pulse_create", "POST", facilitators(302), coming, a_pulse),
    Row("sessions:pulse_answer", "GET", inside(405), pulse),
    Row("sessions:pulse_answer", "POST", writers(302), pulse, lambda cast: {"answer": "4"}),
    Row("sessions:pulse_close", "GET", inside(403, fay=405), pulse),
    Row("sessions:pulse_close", "POST", facilitators(302), pulse),
    Row("sessions:notes", "GET", inside(200), coming),
    Row("sessions:notes", "GET", in_team(200), of_team, case="of a team"),
    Row(
        "sessions:notes",
        "POST",
        writers(302),
        coming,
        lambda cast: {"text": "We agreed.", "version": "0"},
    ),
]

# Who is let into a room's socket, and whether they may write there (None: refused at the door).
SOCKETS: dict[str, tuple[Any, dict[str, bool | None]]] = {
    "whole cohort": (
        coming,
        {"obi": False, "mia": True, "theo": True, "tia": True, "fay": True},
    ),
    "of a team": (of_team, {"mia": True, "theo": True, "fay": True}),
    "of facilitators": (of_hosts, {"fay": True}),
    "a draft": (draft, {"fay": False}),
    "called off": (
        cancelled,
        {"obi": False, "mia": False, "theo": False, "tia": False, "fay": False},
    ),
}

# Likewise for shared notes, which facilitators put in order also afterwards.
NOTES_SOCKETS: dict[str, tuple[Any, dict[str, bool | None]]] = {
    "whole cohort": SOCKETS["whole cohort"],
    "of a team": SOCKETS["of a team"],
    "of facilitators": SOCKETS["of facilitators"],
    "a draft": SOCKETS["a draft"],
    "called off": SOCKETS["called off"],
    "days after": (
        over,
        {"obi": False, "mia": False, "theo": False, "tia": False, "fay": True},
    ),
}
