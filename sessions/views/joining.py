"""The way to the meeting."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from cohort.access import MemberRequest, member_required, require
from sessions import permissions
from sessions.services import attendance
from sessions.views.fetching import session_of


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def session_join(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    """The way to the meeting: a GET (a prefetch, a scanner) only shows the button.

    The POST answers with a page that leads on, since the content security policy would refuse a
    form that redirects to another site.
    """
    session = session_of(request, session_pk)
    mine = session.rsvps.filter(member=request.membership).first()
    require(permissions.can_join(request.membership, session, mine))
    is_open = permissions.can_enter_now(request.membership, session)
    if request.method != "POST" or not is_open:
        context = {"session": session, "is_open": is_open}
        return render(request, "sessions/session_join.html", context)

    attendance.record_join(session=session, member=request.membership)
    return render(request, "sessions/session_joining.html", {"session": session})
