"""All sessions: as a list, and as a month."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cohort.access import MemberRequest, member_required
from sessions import permissions, queries
from sessions.forms import SessionFilter
from sessions.months import Month, weeks_of

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
        "kept": filters.kept,
        "coming": coming,
        "past": Paginator(past, PAST_PAGE).get_page(request.GET.get("page")),
        "can_plan": permissions.can_plan(request.membership),
    }
    return render(request, "sessions/session_list.html", context)


@member_required
@require_safe
def session_month(request: MemberRequest) -> HttpResponse:
    filters = SessionFilter(request.GET)
    today = timezone.localdate()
    month = Month.asked(request.GET.get("month", ""), today)
    sessions = queries.narrowed(
        queries.between(request.membership, *month.instants), **filters.chosen
    )
    context = {
        "filters": filters,
        "is_filtered": bool(filters.chosen),
        "kept": filters.kept,
        "month": month,
        "is_this_month": month == Month(today.year, today.month),
        "weeks": weeks_of(month, sessions, today),
        "has_any": bool(sessions),
        "can_plan": permissions.can_plan(request.membership),
    }
    return render(request, "sessions/session_month.html", context)
