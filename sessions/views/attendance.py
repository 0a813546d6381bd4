"""Who came: the sheet that facilitators put right, and the year."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohort.access import MemberRequest, facilitator_required, require
from sessions import permissions, queries
from sessions.forms_attendance import MARK_CHOICES, MarksForm, SheetFilter
from sessions.models import AttendanceChange, LearningSession
from sessions.services import attendance
from sessions.views.fetching import session_of


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def attendance_edit(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(permissions.can_plan(request.membership))
    if request.method != "POST":
        return render_sheet(request, session)

    sheet = queries.attendance_sheet(session)
    filters = SheetFilter(request.GET, sheet=sheet)
    form = MarksForm(request.POST, shown=queries.narrowed_sheet(sheet, **filters.chosen))
    if not form.is_valid():
        return render_sheet(request, session, form, status=422)
    change = attendance.mark_attendance(
        session=session,
        members=form.members,
        mark=form.cleaned_data["mark"],
        by=request.membership,
    )
    count = change.people if change else 0
    words = ngettext("%(n)d person is marked.", "%(n)d people are marked.", count)
    messages.success(request, words % {"n": count} if count else _("They had that mark already."))
    return redirect(_sheet_url(request, session))


def _sheet_url(request: MemberRequest, session: LearningSession) -> str:
    """The sheet as it was narrowed."""
    url = reverse("sessions:attendance_edit", args=[request.cohort.slug, session.pk])
    asked = request.GET.urlencode()
    return f"{url}?{asked}" if asked else url


def render_sheet(
    request: MemberRequest,
    session: LearningSession,
    form: MarksForm | None = None,
    status: int = 200,
) -> HttpResponse:
    lines = queries.attendance_sheet(session)
    filters = SheetFilter(request.GET, sheet=lines)
    context = {
        "session": session,
        "filters": filters,
        "form": form,
        "sheet_url": _sheet_url(request, session),
        "lines": queries.narrowed_sheet(lines, **filters.chosen),
        "count": len(lines),
        "ticked": form.ticked if form else set(),
        "marks": MARK_CHOICES,
        "turnout": queries.turnout_of(session),
        "change": queries.latest_change(session),
        "waiting_lists": session.meeting_lists.filter(applied_at=None),
    }
    return render(request, "sessions/attendance_edit.html", context, status=status)


@facilitator_required
@require_POST
def attendance_undo(request: MemberRequest, session_pk: int, change_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(permissions.can_plan(request.membership))
    change = get_object_or_404(AttendanceChange, session=session, pk=change_pk)
    count = attendance.undo_change(change=change)
    words = ngettext("%(n)d mark is as it was.", "%(n)d marks are as they were.", count)
    left = change.people - count
    if left and count:
        words += " " + _("Others were changed since, and stay.")
    messages.success(request, words % {"n": count} if count else _("There was nothing to undo."))
    return redirect(_sheet_url(request, session))


@facilitator_required
@require_safe
def attendance_year(request: MemberRequest) -> HttpResponse:
    year = queries.attendance_year(request.membership)
    return render(request, "sessions/attendance_year.html", {"year": year})
