"""Who comes: for everybody the names, for hosts who will be missed, and asking them."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cohort.access import MemberRequest, facilitator_required, member_required, require
from sessions import permissions, queries
from sessions.services import asking
from sessions.views.fetching import session_of


@member_required
@require_safe
def answer_list(request: MemberRequest, session_pk: int) -> HttpResponse:
    session = session_of(request, session_pk)
    is_host = permissions.can_plan(request.membership)
    expected = queries.expected(session)
    context = {
        "session": session,
        "is_host": is_host,
        "expected": expected,
        "going": [rsvp for rsvp in expected.rsvps if rsvp.has_seat],
        "can_ask": is_host and permissions.can_ask_again(session),
    }
    return render(request, "sessions/answer_list.html", context)


@facilitator_required
@require_POST
def answers_ask(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(permissions.can_plan(request.membership) and permissions.takes_answers(session))
    try:
        asked = asking.ask_again(session=session, by=request.membership)
    except asking.TooSoon:
        messages.error(request, _("They were asked less than a day ago."))
    else:
        words = ngettext("Asked %(n)d person.", "Asked %(n)d people.", asked) % {"n": asked}
        messages.success(request, words)
    return redirect("sessions:answer_list", request.cohort.slug, session.pk)
