"""A session as the beginning of another."""

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cohort.access import MemberRequest, facilitator_required, require
from cohort.models import Cohort
from sessions import queries
from sessions.permissions import can_plan
from sessions.views.fetching import session_of


@facilitator_required
@require_safe
def session_copy(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    """To the planning form with all of it; first to the question for which cohort, if several."""
    session = session_of(request, session_pk)
    mine = [member for member in queries.copyable(request.membership) if can_plan(member)]
    require(bool(mine))
    places = [(member.cohort, _form(member.cohort, session.pk)) for member in mine]
    if len(places) == 1:
        return redirect(places[0][1])
    return render(request, "sessions/session_copy.html", {"session": session, "places": places})


def _form(cohort: Cohort, session_pk: int) -> str:
    return f"{reverse('sessions:session_create', args=[cohort.slug])}?copy={session_pk}"
