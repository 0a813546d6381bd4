"""Whether one comes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cohort.access import MemberRequest, member_required, require
from sessions.forms import AnswerForm
from sessions.models import RSVP
from sessions.services import answers
from sessions.views.detail import render_session
from sessions.views.fetching import session_of


@member_required
@require_POST
def rsvp_answer(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(request.membership.may_write)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return render_session(request, session, form, status=422)

    try:
        rsvp = answers.answer(session=session, member=request.membership, **form.cleaned_data)
    except answers.NotOpen:
        messages.error(request, _("This session takes no answers any more."))
    else:
        messages.success(request, _said(rsvp))
    return redirect(_back(request) or session)


def _said(rsvp: RSVP) -> str:
    if rsvp.waitlisted_at:
        return _("All seats are taken. You are on the waiting list and move up by yourself.")
    return {
        RSVP.Answer.YES: _("Good, you are coming."),
        RSVP.Answer.MAYBE: _("Noted: maybe."),
        RSVP.Answer.NO: _("Noted: you cannot come. The summary will be on the session’s page."),
    }[RSVP.Answer(rsvp.answer)]


def _back(request: HttpRequest) -> str:
    """The page of ours that the answer was given on, where it says so."""
    there = request.POST.get("next", "")
    is_ours = there.startswith("/") and url_has_allowed_host_and_scheme(there, allowed_hosts=None)
    return there if is_ours else ""
