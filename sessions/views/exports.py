"""Tables to take along. By POST, as each leaves an audit row."""

from django.http import HttpResponse, HttpResponseBase
from django.utils.text import slugify
from django.views.decorators.http import require_POST

from cohort import csvs, sheets
from cohort.access import MemberRequest, facilitator_required, require
from sessions import permissions, queries
from sessions.services import exports
from sessions.services.exports import Table
from sessions.views.fetching import session_of


@facilitator_required
@require_POST
def attendance_export(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(permissions.can_take_along(request.membership))
    tables = exports.attendance_tables(session=session, by=request.membership)
    return _tables(request, f"attendance-{slugify(session.title)[:50] or session.pk}", tables)


@facilitator_required
@require_POST
def rsvp_export(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(permissions.can_take_along(request.membership))
    table = exports.rsvp_table(session=session, by=request.membership)
    return _tables(request, f"answers-{slugify(session.title)[:50] or session.pk}", {"": table})


@facilitator_required
@require_POST
def attendance_year_export(request: MemberRequest) -> HttpResponseBase:
    require(permissions.can_take_along(request.membership))
    year = queries.attendance_year(request.membership)
    tables = exports.year_tables(cohort=request.cohort, year=year, by=request.membership)
    return _tables(request, f"attendance-{request.cohort.slug}", tables)


def _tables(request: MemberRequest, name: str, tables: dict[str, Table]) -> HttpResponse:
    """All of them as XLSX where that was asked for, or the first as CSV."""
    if request.POST.get("format") == "xlsx":
        return sheets.download(f"{name}.xlsx", {title or "1": t for title, t in tables.items()})
    header, rows = next(iter(tables.values()))
    return csvs.download(f"{name}.csv", header, rows)
