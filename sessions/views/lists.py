"""All sessions."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cohort.access import MemberRequest, member_required
from sessions import permissions, queries
from sessions.forms import SessionFilter

PAST_PAGE = 20


@member_required
@require_safe
def session_list(request: MemberRequest) -> HttpResponse:
    filters = SessionFilter(request.GET)
    coming = queries.narrowed(queries.upcoming(request.membership), **filters.chosen)
    past = queries.narrowed(queries.past(request.membership), **filters.chosen)
    context = {
        "filters": filters,
        "is_filtered": bool(filters.chosen),
        "coming": coming,
        "past": Paginator(past, PAST_PAGE).get_page(request.GET.get("page")),
        "can_plan": permissions.can_plan(request.membership),
    }
    return render(request, "sessions/session_list.html", context)
