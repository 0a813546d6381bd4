"""Afterwards: the summary."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cohort.access import MemberRequest, facilitator_required, require
from sessions import permissions
from sessions.forms import SummaryForm
from sessions.services import planning
from sessions.views.fetching import posted, session_of


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def summary_edit(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(permissions.can_plan(request.membership))
    initial = {"summary_text": session.summary_text, "recording_url": session.recording_url}
    form = SummaryForm(posted(request), initial=initial)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.is_bound else 200
        context = {"session": session, "form": form}
        return render(request, "sessions/summary_edit.html", context, status=status)

    planning.write_summary(session=session, **form.cleaned_data)
    messages.success(request, _("Saved. It will be in the next edition."))
    return redirect(session)
