"""A session as the beginning of another, and a year as the beginning of the next."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from cohort.access import MemberRequest, facilitator_required, require
from cohort.models import Cohort
from sessions import queries
from sessions.permissions import can_plan
from sessions.services import copying
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


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def year_copy(request: MemberRequest) -> HttpResponseBase:
    """Whose year, which sessions of it and when they would be; then all of them as drafts."""
    require(can_plan(request.membership))
    plan, sources = _asked(request)
    context: dict[str, Any] = {"plan": plan, "sources": sources}
    if request.method != "POST" or plan is None:
        return _show_year(request, context, 200 if request.method != "POST" else 422)
    ticked = request.POST.getlist("session")
    # What was seen is what is planned: a cohort's year may have been moved meanwhile.
    is_as_seen = request.POST.get("weeks") == str(plan.weeks)
    lines = plan.chosen(ticked) if is_as_seen else []
    if not lines and plan.lines:
        error = _("Please choose at least one session.") if is_as_seen else _("Please look again.")
        return _show_year(request, {**context, "ticked": ticked, "error": error}, 422)

    drafts = copying.copy_year(lines=lines, by=request.membership)
    words = ngettext("%(n)d draft is in the year.", "%(n)d drafts are in the year.", len(drafts))
    messages.success(request, words % {"n": len(drafts)} if drafts else _("All are there already."))
    return redirect("sessions:session_list", request.cohort.slug)


def _asked(request: MemberRequest) -> tuple[queries.YearPlan | None, list[Cohort]]:
    """The plan of the year that was chosen, or of the only one; and those to choose from."""
    sources = {member.cohort.slug: member for member in queries.copy_sources(request.membership)}
    slug = request.GET.get("from") or (next(iter(sources)) if len(sources) == 1 else "")
    if slug and slug not in sources:
        raise Http404
    plan = queries.YearPlan(request.membership, sources[slug]) if slug else None
    return plan, [member.cohort for member in sources.values()]


def _show_year(request: MemberRequest, context: dict[str, Any], status: int) -> HttpResponse:
    return render(request, "sessions/year_copy.html", context, status=status)
