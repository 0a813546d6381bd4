"""Closing a session out: a guided page for its hosts."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cohort import richtext
from cohort.access import MemberRequest, facilitator_required, require
from sessions import permissions, queries
from sessions.forms_closing import RecordForm
from sessions.models import CloseOut, LearningSession
from sessions.services import closing
from sessions.views.fetching import page_of, posted


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def close_out(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = page_of(request, session_pk)
    require(permissions.can_close_out(request.membership, session))
    kept = getattr(session, "close_out", None) or CloseOut(session=session)
    form = RecordForm(posted(request), session=session, close_out=kept, member=request.membership)
    if request.method != "POST":
        return render_close_out(request, session, kept, form)
    if "take_notes" in request.POST:
        notes = richtext.from_plain((session.notes_text or "").strip())
        return render_close_out(request, session, kept, form.again(adding=notes))
    if not form.is_valid():
        return render_close_out(request, session, kept, form.again(), status=422)

    closing.keep_record(session=session, **form.record)
    if "finish" not in request.POST or not session.is_over:
        messages.success(request, _("Saved."))
        return redirect("sessions:close_out", request.cohort.slug, session.pk)
    if closing.finish(session=session, by=request.membership):
        messages.success(request, _("Closed out. Everybody it was for hears of it."))
    return redirect(session)


def render_close_out(
    request: MemberRequest,
    session: LearningSession,
    kept: CloseOut,
    form: RecordForm,
    status: int = 200,
) -> HttpResponse:
    context = {
        "session": session,
        "close_out": kept,
        "form": form,
        **queries.close_out_state(request.membership, session),
    }
    return render(request, "sessions/close_out.html", context, status=status)
