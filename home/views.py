"""The front door: home, the year, a theme."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cohort.access import MemberRequest, member_required
from cohort.models import Membership, Theme
from forums.queries import theme_threads
from home import queries
from resources.queries import theme_resources
from sessions.queries import next_session, theme_sessions
from sessions.queries import year as sessions_of_year

THEME_PAGE_ROWS = 8


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
    context = {
        "months": queries.by_month(sessions_of_year(request.membership)),
        "next": next_session(request.membership),
    }
    return render(request, "home/year.html", context)


@member_required
@require_safe
def theme_detail(request: MemberRequest, theme_slug: str) -> HttpResponse:
    theme = get_object_or_404(Theme.objects.select_related("parent"), slug=theme_slug)
    member = request.membership
    context = {
        "theme": theme,
        "lessons": Theme.objects.filter(parent=theme.parent or theme),
        "threads": theme_threads(member, theme, limit=THEME_PAGE_ROWS),
        "sessions": theme_sessions(member, theme)[:THEME_PAGE_ROWS],
        "resources": theme_resources(member, theme, limit=THEME_PAGE_ROWS),
    }
    return render(request, "home/theme_detail.html", context)
