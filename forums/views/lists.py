from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cohort.access import MemberRequest, member_required
from cohort.models import Theme
from forums.models import Space, Thread
from forums.queries import Filters, list_threads
from forums.queries.lists import SHOWS, count_since_last_visit


@member_required
@require_safe
def thread_list(request: MemberRequest) -> HttpResponse:
    member = request.membership
    spaces = list(Space.objects.visible_to(member).in_order())
    themes = list(Theme.objects.all())
    filters = _filters(request, spaces, themes)
    context = {
        "filters": filters,
        "spaces": spaces,
        "show_space": len(spaces) > 1 and filters.space is None,
        "themes": themes,
        "kinds": Thread.Kind.choices,
        "page": list_threads(member, filters, request.GET.get("older", "")),
        "since_count": count_since_last_visit(member),
        "may_start": member.may_write,
        "is_first_page": "older" not in request.GET,
    }
    return render(request, "forums/thread_list.html", context)


def _filters(request: MemberRequest, spaces: list[Space], themes: list[Theme]) -> Filters:
    """What the address asks for; anything it cannot mean is left out."""
    asked = request.GET
    show, kind = asked.get("show", ""), asked.get("kind", "")
    return Filters(
        space=next((space for space in spaces if space.slug == asked.get("space")), None),
        theme=next((theme for theme in themes if theme.slug == asked.get("theme")), None),
        kind=kind if kind in Thread.Kind.values else "",
        show=show if show in SHOWS else "all",
        sort="new" if asked.get("sort") == "new" else "activity",
    )
