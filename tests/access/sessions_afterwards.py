"""Who may open what after a session: close-out, feedback, attendance, its record."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from cohort.models import Theme
from sessions.models import (
    Attendance,
    MeetingList,
)
from sessions.services.attendance import mark_attendance
from tests.access.sessions import arguments, draft, hosts_only, in_team, of_team, over
from tests.access.sessions_room import line, question
from tests.access.table import Row, facilitators, inside
from tests.conftest import Cast
from tests.factories import SessionFactory, SpaceFactory


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


ROWS: list[Row] = [
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
]
