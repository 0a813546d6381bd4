"""Counted, and taken along in files."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cohort.models import AuditEntry, Membership, Sector
from sessions.models import RSVP
from sessions.queries.turnout import attendance_year, turnout_of
from sessions.services.attendance import mark_attendance
from tests.factories import MembershipFactory, OrganizationFactory, SessionFactory
from tests.sessions.attendance import url

# ---------------------------------------------------------------- counted


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


# ---------------------------------------------------------------- taken along


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
