"""Who may open what in `sessions`, over HTTP and over its socket."""

import uuid
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from cohort.models import Audience, Theme
from sessions import answering
from sessions.models import (
    Attendance,
    ChatMessage,
    LearningSession,
    MeetingList,
    PreworkTask,
    Pulse,
    Question,
)
from sessions.services.attendance import mark_attendance
from tests.access import forums_feeds
from tests.access.table import Row, anybody, facilitators, inside, writers
from tests.conftest import Cast
from tests.factories import SessionFactory, SpaceFactory


def arguments(session: LearningSession) -> dict[str, Any]:
    return {"cohort_slug": session.cohort.slug, "session_pk": session.pk}


def coming(cast: Cast) -> dict[str, Any]:
    return arguments(SessionFactory(cohort=cast.cohort))


def of_team(cast: Cast) -> dict[str, Any]:
    return arguments(SessionFactory(cohort=cast.cohort, audience=Audience.TEAM, team=cast.team))


def of_hosts(cast: Cast) -> dict[str, Any]:
    return arguments(SessionFactory(cohort=cast.cohort, audience=Audience.FACILITATORS))


def draft(cast: Cast) -> dict[str, Any]:
    return arguments(SessionFactory(cohort=cast.cohort, status=LearningSession.Status.DRAFT))


def cancelled(cast: Cast) -> dict[str, Any]:
    return arguments(SessionFactory(cohort=cast.cohort, status=LearningSession.Status.CANCELLED))


def on_now(cast: Cast) -> dict[str, Any]:
    return arguments(
        SessionFactory(
            cohort=cast.cohort,
            starts_in=timedelta(minutes=-5),
            meeting_url="https://meet.example.org/room",
        )
    )


def over(cast: Cast) -> dict[str, Any]:
    return arguments(SessionFactory(cohort=cast.cohort, starts_in=timedelta(days=-3)))


def was_there(cast: Cast) -> dict[str, Any]:
    """Mia was, and Fay and Obi are marked as if they had been."""
    session = SessionFactory(cohort=cast.cohort, starts_in=timedelta(days=-3))
    for person in (cast.mia, cast.fay, cast.obi):
        Attendance.objects.create(session=session, member=person, mark="attended")
    return arguments(session)


def discussion(cast: Cast) -> dict[str, Any]:
    space = SpaceFactory(cohort=cast.cohort)
    theme = Theme.objects.first()
    return {"title": "Hello", "space": space.pk, "kind": "question", "themes": theme.pk}


def changed(cast: Cast) -> dict[str, Any]:
    session = SessionFactory(cohort=cast.cohort, starts_in=timedelta(days=-3))
    change = mark_attendance(session=session, members=[cast.mia], mark="partly", by=cast.fay)
    return {**arguments(session), "change_pk": change.pk if change else 0}


def brought_in(cast: Cast) -> dict[str, Any]:
    where = over(cast)
    kept = MeetingList.objects.create(
        session_id=where["session_pk"],
        provider="zoom",
        rows=[{"name": "Mia", "address": "", "minutes": 60}],
    )
    return {**where, "list_pk": kept.pk}


def list_file(cast: Cast) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("list.csv", b"Name,Email,Duration\nMia,,60\n")}


def line(cast: Cast) -> dict[str, Any]:
    where = coming(cast)
    ChatMessage.objects.create(
        room_id=where["session_pk"], seq=1, sender=cast.mia, client_id=uuid.uuid4(), body="Hello."
    )
    return {**where, "seq": 1}


def invited(cast: Cast) -> dict[str, Any]:
    agree(cast)
    return {"token": answering.token_for(cast.mia, SessionFactory(cohort=cast.cohort))}


def forged(cast: Cast) -> dict[str, Any]:
    return {"token": f"x{invited(cast)['token']}"}


def agree(cast: Cast) -> None:
    cast.cohort.memberships.update(norms_agreed_version=cast.cohort.norms_version)


def calendar(cast: Cast) -> dict[str, Any]:
    """The address of mia's calendar: it is the key that opens it, whoever brings it."""
    agree(cast)
    return forums_feeds.feed(cast)


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


def task(cast: Cast) -> dict[str, Any]:
    return with_task(coming(cast))


def task_of_team(cast: Cast) -> dict[str, Any]:
    return with_task(of_team(cast))


def with_task(where: dict[str, Any]) -> dict[str, Any]:
    made = PreworkTask.objects.create(session_id=where["session_pk"], position=1, words="Read")
    return {**where, "task_pk": made.pk}


def plan(cast: Cast) -> dict[str, Any]:
    return {
        "title": "Trust",
        "kind": "learning_session",
        "audience": "cohort",
        "local_date": "2027-02-02",
        "local_time": "13:00",
        "time_zone": "America/New_York",
        "minutes": "90",
        "form_key": str(uuid.uuid4()),
    }


def at_its_time(cast: Cast) -> dict[str, Any]:
    """A plan that moves nothing: whoever moves a session is asked once more."""
    session = LearningSession.objects.filter(cohort=cast.cohort).latest("pk")
    return {
        **plan(cast),
        "local_date": session.local_date.isoformat(),
        "local_time": f"{session.local_time:%H:%M}",
        "time_zone": session.time_zone,
    }


def in_team(status: int) -> dict[str, int | str]:
    return inside(status, obi=404, tia=404)


def hosts_only(status: int) -> dict[str, int | str]:
    return inside(404, fay=status)


ONE = "sessions:session_detail"
ROWS: list[Row] = [
    Row("sessions:session_list", "GET", inside(200)),
    Row("sessions:session_list", "POST", inside(405)),
    Row("sessions:session_month", "GET", inside(200)),
    Row("sessions:session_month", "POST", inside(405)),
    Row("sessions:session_create", "GET", facilitators(200)),
    Row("sessions:session_create", "POST", facilitators(302), data=plan),
    Row(ONE, "GET", inside(200), coming),
    Row(ONE, "POST", inside(405), coming),
    Row(ONE, "GET", in_team(200), of_team, case="of a team"),
    Row(ONE, "GET", hosts_only(200), of_hosts, case="of facilitators"),
    Row(ONE, "GET", hosts_only(200), draft, case="a draft"),
    Row(ONE, "GET", inside(200), cancelled, case="called off"),
    Row("sessions:session_edit", "GET", facilitators(200), coming),
    Row("sessions:session_edit", "POST", facilitators(302), coming, at_its_time),
    Row("sessions:session_publish", "GET", facilitators(200), coming),
    Row("sessions:session_publish", "GET", facilitators(200), draft, case="a draft"),
    Row("sessions:session_publish", "POST", facilitators(302), draft),
    Row("sessions:answer_link", "GET", anybody(200), invited),
    Row("sessions:answer_link", "POST", anybody(200), invited, lambda cast: {"answer": "yes"}),
    Row("sessions:answer_link", "GET", anybody(404), forged, case="forged"),
    Row("sessions:answer_link", "POST", anybody(404), forged, case="forged"),
    Row("sessions:calendar_own", "GET", anybody(200), calendar),
    Row("sessions:calendar_own", "POST", anybody(405), calendar),
    Row("sessions:calendar_own", "GET", anybody(404), forums_feeds.no_feed, case="forged"),
    Row("sessions:calendar_cohort", "GET", anybody(200), calendar),
    Row("sessions:calendar_cohort", "POST", anybody(405), calendar),
    Row(
        "sessions:calendar_cohort",
        "GET",
        anybody(404),
        forums_feeds.no_feed,
        case="forged",
    ),
    Row("sessions:calendar_key_list", "GET", inside(200)),
    Row(
        "sessions:calendar_key_list",
        "POST",
        inside(200),
        data=lambda cast: {"name": "Outlook", "form_key": str(uuid.uuid4())},
    ),
    Row("sessions:calendar_key_removal", "GET", inside(405), forums_feeds.feed_key),
    Row("sessions:calendar_key_removal", "POST", inside(404, mia=302), forums_feeds.feed_key),
    Row("sessions:reminder_rule_list", "GET", facilitators(200)),
    Row(
        "sessions:reminder_rule_list",
        "POST",
        facilitators(302),
        data=lambda cast: {"rules-TOTAL_FORMS": "0", "rules-INITIAL_FORMS": "0"},
    ),
    Row("sessions:session_cancel", "GET", facilitators(200), coming),
    Row("sessions:session_cancel", "POST", facilitators(302), coming),
    Row("sessions:session_bring_back", "GET", facilitators(200), cancelled),
    Row("sessions:session_bring_back", "POST", facilitators(302), cancelled),
    Row("sessions:session_copy", "GET", facilitators(302), coming),
    Row("sessions:session_copy", "GET", facilitators(302), draft, case="a draft"),
    Row("sessions:session_copy", "POST", inside(403, fay=405), coming),
    Row("sessions:year_copy", "GET", facilitators(200)),
    Row("sessions:year_copy", "POST", facilitators(422)),
    Row("sessions:answer_list", "GET", inside(200), coming),
    Row("sessions:answer_list", "GET", in_team(200), of_team, case="of a team"),
    Row("sessions:answer_list", "GET", hosts_only(200), draft, case="a draft"),
    Row("sessions:answers_ask", "GET", inside(403, fay=405), coming),
    Row("sessions:answers_ask", "POST", facilitators(302), coming),
    Row("sessions:answers_ask", "POST", facilitators(403), over, case="over"),
    Row("sessions:task_tick", "GET", inside(405), task),
    Row("sessions:task_tick", "POST", writers(302), task),
    Row("sessions:task_tick", "POST", in_team(302), task_of_team, case="of a team"),
    Row("sessions:rsvp_answer", "GET", inside(405), coming),
    Row("sessions:rsvp_answer", "POST", writers(302), coming, lambda cast: {"answer": "yes"}),
    Row(
        "sessions:rsvp_answer",
        "POST",
        in_team(302),
        of_team,
        lambda cast: {"answer": "yes"},
        case="of a team",
    ),
    Row(
        "sessions:rsvp_answer",
        "POST",
        hosts_only(302),
        draft,
        lambda cast: {"answer": "yes"},
        case="a draft",
    ),
    Row("sessions:session_calendar", "GET", inside(200), coming),
    Row("sessions:session_calendar", "GET", in_team(200), of_team, case="of a team"),
    Row("sessions:session_calendar", "GET", hosts_only(200), draft, case="a draft"),
    Row("sessions:session_join", "GET", inside(200), on_now),
    Row("sessions:session_join", "POST", inside(200), on_now),
    Row("sessions:session_join", "POST", inside(403), coming, case="without a meeting"),
    Row("sessions:close_out", "GET", facilitators(200), over),
    Row("sessions:close_out", "POST", facilitators(302), over, lambda cast: {"finish": "1"}),
    Row("sessions:feedback_edit", "GET", inside(403, mia=200), was_there),
    Row(
        "sessions:feedback_edit",
        "POST",
        inside(403, mia=302),
        was_there,
        lambda cast: {"score": "4"},
    ),
    Row("sessions:record_export", "GET", inside(200), over),
    Row("sessions:record_export", "GET", in_team(200), of_team, case="of a team"),
    Row("sessions:record_export", "GET", hosts_only(200), draft, case="a draft"),
    Row("sessions:record_export", "POST", inside(405), over),
    Row("sessions:line_discuss", "GET", facilitators(200), line),
    Row("sessions:line_discuss", "POST", facilitators(302), line, discussion),
    Row("sessions:question_discuss", "GET", facilitators(200), question),
    Row("sessions:question_discuss", "POST", facilitators(302), question, discussion),
    Row("sessions:question_let_go", "GET", inside(403, fay=405), question),
    Row("sessions:question_let_go", "POST", facilitators(302), question),
    Row("sessions:attendance_edit", "GET", facilitators(200), over),
    Row(
        "sessions:attendance_edit",
        "POST",
        facilitators(302),
        over,
        lambda cast: {"mark": "attended", "member": cast.mia.pk},
    ),
    Row("sessions:attendance_undo", "GET", inside(403, fay=405), changed),
    Row("sessions:attendance_undo", "POST", facilitators(302), changed),
    Row("sessions:attendance_import", "GET", facilitators(200), over),
    Row("sessions:attendance_import", "POST", facilitators(302), over, list_file),
    Row("sessions:attendance_import_detail", "GET", facilitators(200), brought_in),
    Row("sessions:attendance_import_detail", "POST", facilitators(302), brought_in),
    Row("sessions:attendance_export", "GET", inside(403, fay=405), over),
    Row("sessions:attendance_export", "POST", facilitators(200), over),
    Row("sessions:rsvp_export", "GET", inside(403, fay=405), over),
    Row("sessions:rsvp_export", "POST", facilitators(200), over),
    Row("sessions:attendance_year", "GET", facilitators(200)),
    Row("sessions:attendance_year", "POST", inside(403, fay=405)),
    Row("sessions:attendance_year_export", "GET", inside(403, fay=405)),
    Row("sessions:attendance_year_export", "POST", facilitators(200)),
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
