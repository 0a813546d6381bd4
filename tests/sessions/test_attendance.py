"""Who came: noted by the button and the room, put right in bulk, undone, counted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cohort.models import AuditEntry, Membership, Sector
from sessions.models import RSVP, Attendance, AttendanceChange
from sessions.queries.turnout import attendance_year, turnout_of
from sessions.services.attendance import mark_attendance, record_join, undo_change
from sessions.services.presence import Stay, keep_stays
from tests.factories import MembershipFactory, OrganizationFactory, SessionFactory


def url(name, session, *more):
    return reverse(f"sessions:{name}", args=[session.cohort.slug, session.pk, *more])


def marks(session):
    """Mark and source, by first name."""
    rows = Attendance.objects.filter(session=session).select_related("member__user")
    return {row.member.user.name: (row.mark, row.source) for row in rows}


@pytest.fixture
def over(cohort):
    return SessionFactory(cohort=cohort, starts_in=timedelta(days=-3), title="Trust")


@pytest.fixture
def on_now(cohort):
    return SessionFactory(cohort=cohort, starts_in=timedelta(minutes=-60), minutes=90)


# ------------------------------------------------------------ the button


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_at_once_are_one_mark(on_now, mia):
    def click(_number):
        record_join(session=on_now, member=mia)
        connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(click, range(20)))

    assert marks(on_now) == {"Mia": ("attended", "join")}
    assert Attendance.objects.count() == 1


# ------------------------------------------------------------ the room


def stay(member, session, since, until):
    """From and to so many minutes after the start."""
    start = session.starts_at
    return Stay(member.pk, start + timedelta(minutes=since), start + timedelta(minutes=until))


def test_half_of_the_session_in_the_room_is_attending(on_now, mia, theo, tia, obi):
    keep_stays(
        on_now.pk,
        [
            stay(mia, on_now, 0, 45),
            stay(theo, on_now, 10, 20),
            stay(tia, on_now, 10, 11),
            stay(obi, on_now, 0, 60),
        ],
    )

    assert marks(on_now) == {"Mia": ("attended", "room"), "Theo": ("partly", "room")}
    assert {s.member: s.seconds for s in on_now.stays.all()} == {mia: 2700, theo: 600, tia: 60}


def test_a_stay_counts_only_while_the_session_is_on(on_now, mia, theo):
    keep_stays(on_now.pk, [stay(mia, on_now, -30, 5), stay(theo, on_now, 91, 200)])

    assert {s.member: s.seconds for s in on_now.stays.all()} == {mia: 300}


def test_what_two_windows_tell_of_the_same_time_counts_once(on_now, mia):
    for _process in range(2):
        keep_stays(on_now.pk, [stay(mia, on_now, 0, 10)])
    keep_stays(on_now.pk, [stay(mia, on_now, 5, 12)])
    keep_stays(on_now.pk, [stay(mia, on_now, 20, 25), stay(mia, on_now, 30, 35)])

    assert on_now.stays.get().seconds == (10 + 2 + 5 + 5) * 60


def test_the_room_marks_more_with_time_and_never_over_what_was_said(on_now, mia, theo, tia, fay):
    mark_attendance(session=on_now, members=[tia], mark="excused", by=fay)
    record_join(session=on_now, member=theo)
    keep_stays(on_now.pk, [stay(person, on_now, 0, 10) for person in (mia, theo, tia)])
    assert marks(on_now)["Mia"] == ("partly", "room")

    keep_stays(on_now.pk, [stay(person, on_now, 10, 50) for person in (mia, theo, tia)])

    assert marks(on_now) == {
        "Mia": ("attended", "room"),
        "Theo": ("attended", "join"),
        "Tia": ("excused", "person"),
    }


def test_nothing_is_kept_of_a_session_that_is_called_off(on_now, mia):
    on_now.status = "cancelled"
    on_now.save()

    keep_stays(on_now.pk, [stay(mia, on_now, 0, 45)])

    assert not on_now.stays.exists()


def test_going_to_the_meeting_says_more_than_being_in_the_room(on_now, mia):
    keep_stays(on_now.pk, [stay(mia, on_now, 0, 10)])

    record_join(session=on_now, member=mia)
    first = Attendance.objects.get().joined_at
    record_join(session=on_now, member=mia)

    assert marks(on_now) == {"Mia": ("attended", "join")}
    assert Attendance.objects.get().joined_at == first is not None


# ------------------------------------------------------------ put right in bulk


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


# ------------------------------------------------------------ counted


@pytest.fixture
def organizations(cast):
    """Mia's and Theo's school, a college beside them, and Tia's plant."""
    college = OrganizationFactory(
        cohort=cast.cohort, team=cast.team, name="Bay College", sector=Sector.HIGHER_EDUCATION
    )
    plant = OrganizationFactory(
        cohort=cast.cohort, team=cast.other_team, name="Plant", sector=Sector.INDUSTRY
    )
    cast.organization.sector = Sector.SCHOOL_DISTRICT
    cast.organization.save()
    MembershipFactory(cohort=cast.cohort, team=cast.team, organization=college)
    Membership.objects.filter(pk=cast.tia.pk).update(organization=plant)
    return college, plant


def test_turnout_counts_people_teams_organizations_and_sectors(cast, over, organizations):
    mark_attendance(session=over, members=[cast.mia, cast.fay], mark="attended", by=cast.fay)
    mark_attendance(session=over, members=[cast.tia], mark="partly", by=cast.fay)
    mark_attendance(session=over, members=[cast.theo], mark="excused", by=cast.fay)

    found = turnout_of(over)

    def pair(share):
        return share.there, share.asked

    assert pair(found.people) == (2, 5)  # gone was there still
    assert {t.name: pair(s) for t, s in found.teams.items()} == {"Harbor": (1, 4), "River": (1, 1)}
    assert pair(found.organizations_there) == (2, 3)
    assert [(label, pair(share)) for label, share in found.sectors] == [
        ("School district", (1, 1)),
        ("Higher education institution", (0, 1)),
        ("Industry", (1, 1)),
    ]


def test_turnout_asks_nothing_of_who_came_later_or_had_left(cast, over):
    Membership.objects.update(joined_at=over.starts_at - timedelta(days=30))
    late = {"joined_at": over.ends_at + timedelta(days=1)}
    MembershipFactory(cohort=cast.cohort, team=cast.team, **late)
    came = MembershipFactory(cohort=cast.cohort, team=cast.team, **late)
    Membership.objects.filter(pk=cast.gone.pk).update(left_at=over.starts_at - timedelta(days=1))
    Membership.objects.filter(pk=cast.theo.pk).update(left_at=over.ends_at + timedelta(days=1))

    mark_attendance(session=over, members=[came, cast.theo], mark="attended", by=cast.fay)

    people = turnout_of(over).people
    assert (people.there, people.asked) == (2, 4)  # mia, theo, tia, and who came all the same


def test_the_year_is_a_table_by_team_and_session(browse, cast, over):
    later = SessionFactory(
        cohort=cast.cohort, starts_in=timedelta(days=-1), audience="team", team=cast.team
    )
    SessionFactory(cohort=cast.cohort, starts_in=timedelta(days=-2), title="Nobody noted it")
    mark_attendance(session=over, members=[cast.mia, cast.tia], mark="attended", by=cast.fay)
    mark_attendance(session=later, members=[cast.mia], mark="absent", by=cast.fay)

    year = attendance_year(cast.fay)

    assert year.sessions == [over, later]
    assert [
        (row.team.name, [(s.there, s.asked) if s else None for s in row.shares])
        for row in year.rows
    ] == [("Harbor", [(1, 3), (0, 3)]), ("River", [(1, 1), None])]
    page = browse(cast.fay).get(reverse("sessions:attendance_year", args=["spring"]))
    assert "1 of 3" in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_year_costs_the_same_for_any_number(browse, cast, count, django_assert_num_queries):
    for n in range(count):
        session = SessionFactory(cohort=cast.cohort, starts_in=timedelta(days=-n - 1))
        mark_attendance(session=session, members=[cast.mia], mark="attended", by=cast.fay)
    client = browse(cast.fay)
    client.get(reverse("home:start"))

    with django_assert_num_queries(8):
        client.get(reverse("sessions:attendance_year", args=["spring"]))


# ------------------------------------------------------------ taken along


def test_attendance_as_csv_runs_nothing_and_leaves_an_audit_row(browse, cast, over):
    cast.mia.user.name = "=HYPERLINK(1)"
    cast.mia.user.save()
    mark_attendance(session=over, members=[cast.mia], mark="attended", by=cast.fay)

    response = browse(cast.fay).post(url("attendance_export", over), {"format": "csv"})

    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Name,Team,Organization,Sector,Role,Answered,Attendance")
    assert [line.split(",")[:7] for line in lines[1:]] == [
        ["'=HYPERLINK(1)", "Harbor", "Harbor Schools", "Industry", "Member", "", "Attended"],
        ["Theo", "Harbor", "Harbor Schools", "Industry", "Team lead", "", "Unknown"],
        ["Tia", "River", "", "", "Member", "", "Unknown"],
        ["Fay", "", "", "", "Facilitator", "", "Unknown"],
    ]
    assert "attendance-trust.csv" in response["Content-Disposition"]
    entry = AuditEntry.objects.get(action="attendance.exported")
    assert (entry.actor_pk, entry.subject) == (cast.fay.user_id, "Trust")


def test_attendance_as_spreadsheet_has_its_sheets(browse, cast, over):
    import io

    from openpyxl import load_workbook

    cast.mia.user.name = "=1+1\x07"
    cast.mia.user.save()
    mark_attendance(session=over, members=[cast.mia], mark="attended", by=cast.fay)

    response = browse(cast.fay).post(url("attendance_export", over), {"format": "xlsx"})

    book = load_workbook(io.BytesIO(response.content))
    assert book.sheetnames == ["People", "Teams", "Organizations", "Sectors"]
    assert [cell.value for cell in book["Teams"][2]] == ["Harbor", 1, 3]
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)
    assert book["People"]["A2"].value == "'=1+1"


def test_answers_are_taken_along_with_the_notes(browse, cast, over):
    RSVP.objects.create(session=over, member=cast.mia, answer="maybe", note="-2 of us, or 3")

    response = browse(cast.fay).post(url("rsvp_export", over))

    mine = response.content.decode("utf-8-sig").splitlines()[1]
    assert mine.startswith('Mia,Harbor,Harbor Schools,Industry,Maybe,,"\'-2 of us, or 3",')


def test_the_year_is_taken_along(browse, cast, over):
    mark_attendance(session=over, members=[cast.mia, cast.tia], mark="attended", by=cast.fay)

    response = browse(cast.fay).post(
        reverse("sessions:attendance_year_export", args=["spring"]), {"format": "csv"}
    )

    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[1:] == ["Harbor,1 / 3,1 / 3", "River,1 / 1,1 / 1"]
