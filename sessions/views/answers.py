"""Whether one comes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cohort.access import MemberRequest, member_required, require
from cohort.models import Membership
from sessions.forms import TAKE_BACK, AnswerForm
from sessions.models import RSVP, LearningSession
from sessions.queries import place_in_line
from sessions.services import answers
from sessions.views.detail import render_session
from sessions.views.fetching import page_of, session_of


@member_required
@require_POST
def rsvp_answer(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(request.membership.may_write)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return render_session(request, page_of(request, session_pk), form, status=422)

    try:
        messages.success(request, _answer(session, request.membership, **form.cleaned_data))
    except answers.NotOpen:
        messages.error(request, _("This session takes no answers any more."))
    return redirect(_back(request) or session)


def _answer(session: LearningSession, member: Membership, *, answer: str, note: str | None) -> str:
    """Keep it, and say what follows. Raises NotOpen."""
    if answer == TAKE_BACK:
        answers.take_back(session=session, member=member)
        return _("Taken back: you have not answered now.")
    return _said(answers.answer(session=session, member=member, answer=answer, note=note))


def _said(rsvp: RSVP) -> str:
    if rsvp.waitlisted_at:
        place = place_in_line(rsvp.session, rsvp)
        words = _("All seats are taken. You are number %(place)d on the waiting list.")
        return words % {"place": place}
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
