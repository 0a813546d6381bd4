"""Put right in bulk, and undone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions.models import RSVP, Attendance, AttendanceChange
from sessions.services.attendance import mark_attendance, undo_change
from tests.factories import SessionFactory
from tests.sessions.attendance import marks, url


def test_those_who_are_ticked_are_marked_and_it_is_known_by_whom(browse, cast, over):
    Attendance.objects.create(session=over, member=cast.theo, mark="attended", source="join")
    data = {"mark": "partly", "member": [cast.mia.pk, cast.theo.pk, cast.olga.pk, "x", "9" * 30]}

    response = browse(cast.fay).post(url("attendance_edit", over), data)

    assert (response.status_code, response["Location"]) == (302, url("attendance_edit", over))
    assert marks(over) == {"Mia": ("partly", "person"), "Theo": ("partly", "person")}
    assert set(Attendance.objects.values_list("set_by", flat=True)) == {cast.fay.pk}


def test_everybody_is_everybody_who_is_shown(browse, cast, over):
    RSVP.objects.create(session=over, member=cast.mia, answer="yes")
    RSVP.objects.create(session=over, member=cast.theo, answer="yes")
    RSVP.objects.create(session=over, member=cast.tia, answer="no")
    mark_attendance(session=over, members=[cast.theo], mark="absent", by=cast.fay)

    browse(cast.fay).post(
        url("attendance_edit", over) + "?show=yes-unknown", {"mark": "attended", "everybody": "on"}
    )

    assert marks(over) == {"Mia": ("attended", "person"), "Theo": ("absent", "person")}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Mia", "Theo", "Tia", "Fay"]),
        ("?show=unknown", ["Theo", "Fay"]),
        ("?show=partly", ["Mia"]),
        ("?team=0", ["Fay"]),
        ("?team={river}", ["Tia"]),
        ("?team=999&show=nonsense", ["Mia", "Theo", "Tia", "Fay"]),
    ],
)
def test_the_sheet_is_narrowed(browse, cast, over, query, names):
    mark_attendance(session=over, members=[cast.mia], mark="partly", by=cast.fay)
    mark_attendance(session=over, members=[cast.tia], mark="absent", by=cast.fay)

    page = browse(cast.fay).get(
        url("attendance_edit", over) + query.format(river=cast.other_team.pk)
    )

    assert [line.member.user.name for line in page.context["lines"]] == names


def test_the_sheets_form_leads_back_to_the_sheet_as_it_was_narrowed(browse, cast, over):
    address = f"{url('attendance_edit', over)}?show=unknown"
    page = browse(cast.fay).get(address).content.decode()
    assert f'action="{address}" hx-post="{address}"' in page


def test_marking_nobody_is_told_and_changes_nothing(browse, cast, over):
    for data in ({"mark": "attended"}, {"mark": "nonsense", "member": [cast.mia.pk]}, {}):
        response = browse(cast.fay).post(url("attendance_edit", over), data)
        assert response.status_code == 422
    assert not Attendance.objects.exists()


def test_unknown_is_a_mark_as_well(browse, cast, over):
    record = {"joined_at": timezone.now(), "source": "join"}
    Attendance.objects.create(session=over, member=cast.mia, mark="attended", **record)

    browse(cast.fay).post(
        url("attendance_edit", over), {"mark": "unknown", "member": [cast.mia.pk, cast.tia.pk]}
    )

    row = Attendance.objects.get()
    assert (row.member, row.mark, row.joined_at) == (cast.mia, "", record["joined_at"])


def test_a_change_is_undone_as_if_it_had_not_been(cast, over):
    Attendance.objects.create(session=over, member=cast.mia, mark="partly", source="room")
    before = Attendance.objects.values().get()
    change = mark_attendance(
        session=over, members=[cast.mia, cast.tia, cast.theo], mark="absent", by=cast.fay
    )
    mark_attendance(session=over, members=[cast.theo], mark="excused", by=cast.fay)

    assert undo_change(change=change) == 2
    assert undo_change(change=change) == 0

    assert marks(over) == {"Mia": ("partly", "room"), "Theo": ("excused", "person")}
    assert Attendance.objects.values().get(member=cast.mia) == before


def test_the_latest_change_is_offered_to_be_undone(browse, cast, over):
    client = browse(cast.fay)
    client.post(url("attendance_edit", over), {"mark": "absent", "member": [cast.mia.pk]})
    client.post(url("attendance_edit", over), {"mark": "excused", "member": [cast.tia.pk]})
    latest = client.get(url("attendance_edit", over)).context["change"]
    assert list(latest.before) == [str(cast.tia.pk)]

    client.post(url("attendance_undo", over, latest.pk))

    assert marks(over) == {"Mia": ("absent", "person")}
    earlier = client.get(url("attendance_edit", over)).context["change"]
    assert list(earlier.before) == [str(cast.mia.pk)]


def test_a_change_of_another_session_is_not_undone(browse, cast, over):
    other = SessionFactory(cohort=cast.cohort, starts_in=timedelta(days=-9))
    change = mark_attendance(session=other, members=[cast.mia], mark="absent", by=cast.fay)

    assert browse(cast.fay).post(url("attendance_undo", over, change.pk)).status_code == 404
    assert marks(other) == {"Mia": ("absent", "person")}


def test_only_so_many_changes_are_kept(cast, over, monkeypatch):
    monkeypatch.setattr(AttendanceChange, "MOST_KEPT", 3)
    for mark in ["attended", "partly", "excused", "absent", "attended"]:
        mark_attendance(session=over, members=[cast.mia], mark=mark, by=cast.fay)

    assert [c.mark for c in over.attendance_changes.all()] == ["attended", "absent", "excused"]
