"""What facilitators take along as tables. Taking people's names away leaves an audit row."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from cohort import audit
from cohort.models import Cohort, Membership
from sessions import queries
from sessions.models import LearningSession
from sessions.queries.attendance import AttendanceLine
from sessions.queries.turnout import AttendanceYear, Share

Row = Sequence[object]
Table = tuple[Row, list[Row]]


def attendance_tables(*, session: LearningSession, by: Membership) -> dict[str, Table]:
    """By title: people, teams, organizations and sectors of one session."""
    audit.record(
        "attendance.exported", subject=session, actor=by, cohort=by.cohort, session=session.pk
    )
    turnout = queries.turnout_of(session)
    lines = queries.attendance_sheet(session)
    return {
        _("People"): (
            [
                _("Name"), _("Team"), _("Organization"), _("Sector"), _("Role"), _("Answered"),
                _("Attendance"), _("How it is known"), _("Set by"), _("Set at"), _("Joined at"),
                _("Minutes in the room"), _("Minutes in the meeting"),
            ],
            [_person(line) for line in lines],
        ),
        _("Teams"): _shares(_("Team"), ((t.name, s) for t, s in turnout.teams.items())),
        _("Organizations"): _shares(
            _("Organization"), ((o.name, s) for o, s in turnout.organizations.items())
        ),
        _("Sectors"): _shares(_("Sector"), turnout.sectors),
    }  # fmt: skip


def _person(line: AttendanceLine) -> Row:
    member, row = line.member, line.row
    return [
        *_who(member),
        member.get_role_display(),
        line.rsvp.get_answer_display() if line.rsvp else "",
        row.get_mark_display() if row and row.mark else _("Unknown"),
        row.get_source_display() if row and row.mark else "",
        line.set_by,
        _moment(row.set_at if row else None),
        _moment(line.joined_at),
        line.room_minutes or None,
        row.minutes if row else None,
    ]


def _who(member: Membership) -> Row:
    organization = member.organization
    return [
        member.user.name,
        member.team.name if member.team else "",
        organization.name if organization else "",
        organization.get_sector_display() if organization else "",
    ]


def _moment(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M %Z}" if moment else ""


def _shares(name: str, shares: Iterable[tuple[str, Share]]) -> Table:
    return [name, _("Were there"), _("Were asked")], [[n, s.there, s.asked] for n, s in shares]


def rsvp_table(*, session: LearningSession, by: Membership) -> Table:
    """Everybody it is for with their answer, also those without one."""
    audit.record("rsvps.exported", subject=session, actor=by, cohort=by.cohort, session=session.pk)
    header = [
        _("Name"), _("Team"), _("Organization"), _("Sector"), _("Answer"), _("Waiting list"),
        _("Note to the hosts"), _("Answered at"),
    ]  # fmt: skip
    return header, [_answer(line) for line in queries.attendance_sheet(session)]


def _answer(line: AttendanceLine) -> Row:
    rsvp = line.rsvp
    return [
        *_who(line.member),
        rsvp.get_answer_display() if rsvp else "",
        _("yes") if rsvp and rsvp.waitlisted_at else "",
        rsvp.note if rsvp else "",
        _moment(rsvp.answered_at if rsvp else None),
    ]


def year_tables(*, cohort: Cohort, year: AttendanceYear, by: Membership) -> dict[str, Table]:
    """The year by team in people, and by sector in organizations: there, of those asked."""
    audit.record("attendance.exported", subject=cohort, actor=by, cohort=cohort)
    titles = [
        f"{session.title} ({session.local_date:%Y-%m-%d})" for session, _turnout in year.columns
    ]
    return {
        _("Teams"): (
            [_("Team"), *titles, _("In all")],
            [[row.team.name, *map(_of, row.shares), _of(row.total)] for row in year.rows],
        ),
        _("Sectors"): (
            [_("Sector"), *titles],
            [[label, *map(_of, shares)] for label, shares in year.sectors],
        ),
    }


def _of(share: Share | None) -> str:
    return f"{share.there} / {share.asked}" if share else ""
