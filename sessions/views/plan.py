"""Planning sessions: when, what, for whom; one, a series, or a copy."""

from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cohort.access import MemberRequest, facilitator_required, require
from sessions import permissions, queries
from sessions.agenda_forms import AgendaRows, rows_of
from sessions.models import LearningSession
from sessions.plan_forms import SessionForm
from sessions.services import planning, series
from sessions.services.agenda import AgendaPart
from sessions.views.fetching import page_of, posted
from sessions.views.outlook import Outlook, look_ahead

# What the form's other buttons say: show it again, and do not save yet.
ONLY_SHOW = {"preview", "row"}


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def session_create(request: MemberRequest) -> HttpResponseBase:
    require(permissions.can_plan(request.membership))
    prefetch_related_objects([request.cohort], "teams")
    template = queries.copy_of(request.membership, request.GET.get("copy", ""))
    form = SessionForm(
        posted(request), member=request.membership, initial=template.initial if template else None
    )
    rows = AgendaRows(
        posted(request),
        member=request.membership,
        begin=rows_of(template) if template else (),
    )
    outlook = look_ahead(request, form, None)
    if answer := show_again(request, form, rows, outlook):
        return answer

    planned = _plan(request, form, rows)
    messages.success(request, _in_the_year(planned))
    return (
        redirect(planned[0])
        if len(planned) == 1
        else redirect("sessions:session_list", request.cohort.slug)
    )


def _plan(request: MemberRequest, form: SessionForm, rows: AgendaRows) -> list[LearningSession]:
    fields = {
        **form.values,
        "cohort": request.cohort,
        "form_key": form.cleaned_data["form_key"],
        "publish": "draft" not in request.POST,
        "agenda": agenda_of(rows),
    }
    if not form.pattern:
        return [planning.plan_session(**fields)]
    del fields["local_date"]
    days = [occurrence.day for occurrence in form.planned]
    return series.plan_series(days=days, **fields)


def _in_the_year(planned: list[LearningSession]) -> str:
    if len(planned) == 1:
        return _("“%(title)s” is in the year now.") % {"title": planned[0].title}
    return ngettext(
        "%(n)d session is in the year now.", "%(n)d sessions are in the year now.", len(planned)
    ) % {"n": len(planned)}


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def session_edit(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = page_of(request, session_pk)
    require(permissions.can_plan(request.membership))
    prefetch_related_objects([request.cohort], "teams")
    form = SessionForm(posted(request), member=request.membership, instance=session)
    rows = AgendaRows(posted(request), member=request.membership, begin=rows_of(session))
    outlook = look_ahead(request, form, session)
    if answer := show_again(request, form, rows, outlook, session):
        return answer

    planning.change_session(session=session, agenda=agenda_of(rows), **form.values)
    messages.success(request, _("Moved, and saved.") if outlook.moved_from else _("Saved."))
    return redirect(session)


def agenda_of(rows: AgendaRows) -> list[AgendaPart]:
    return [AgendaPart(**part) for part in rows.parts]


def show_again(
    request: MemberRequest,
    form: SessionForm,
    rows: AgendaRows,
    outlook: Outlook,
    session: LearningSession | None = None,
) -> HttpResponse | None:
    """The form, unless it is to be saved, makes sense, and what speaks against it was seen."""
    if request.method != "POST" or ONLY_SHOW & set(request.POST):
        return render_form(request, form, rows, outlook, session)
    is_valid = form.is_valid() & rows.is_valid()
    if not is_valid or not outlook.is_heeded(request.POST):
        return render_form(request, form, rows, outlook, session, asks=is_valid, status=422)
    return None


def render_form(
    request: MemberRequest,
    form: SessionForm,
    rows: AgendaRows,
    outlook: Outlook,
    session: LearningSession | None = None,
    *,
    asks: bool = False,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form.again(),
        "agenda": rows,
        "spare": _length(form) - rows.minutes,
        "outlook": outlook,
        "session": session,
        "asks": asks,
        "minutes": _length(form),
    }
    return render(request, "sessions/session_form.html", context, status=status)


def _length(form: SessionForm) -> int:
    """The session's minutes as they stand in the form; 0 where they make no sense."""
    try:
        return max(0, min(int(form["minutes"].value() or 0), 24 * 60))
    except ValueError:
        return 0
