"""The front door: home and the year."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cohort.access import MemberRequest, member_required
from cohort.models import Membership
from home import queries
from sessions.forms import SessionFilter
from sessions.queries import next_session
from sessions.queries import year as sessions_of_year


@login_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """To the one cohort a person is in, or to a choice of several, or to why there is none."""
    memberships = list(
        Membership.objects.active()
        .filter(user=request.user.pk)
        .select_related("cohort")
        .order_by("-cohort__starts_on", "cohort__name")
    )
    current = [member for member in memberships if not member.cohort.is_archived]
    if len(current) == 1:
        return redirect(current[0].cohort)
    return render(request, "home/start.html", {"memberships": memberships})


@member_required
@require_safe
def home(request: MemberRequest) -> HttpResponse:
    now = timezone.now()
    return render(request, "home/home.html", {"desk": queries.desk(request.membership, now)})


@member_required
@require_safe
def year(request: MemberRequest) -> HttpResponse:
    filters = SessionFilter(request.GET)
    context = {
        "filters": filters,
        "is_filtered": bool(filters.chosen),
        "kept": filters.kept,
        "months": queries.by_month(sessions_of_year(request.membership, **filters.chosen)),
        "next": next_session(request.membership),
        "nav_section": "sessions",
    }
    return render(request, "home/year.html", context)
