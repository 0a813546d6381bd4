"""The one search page of the product."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html_join
from django.views.decorators.http import require_safe

from cohort.access import MemberRequest, member_required
from cohort.search import tidy
from forums.models import Thread
from home.forms import SearchForm, choices_for, read_moment, read_page
from home.names import names_like
from home.search import Found
from home.search import search as look


@member_required
@require_safe
def search(request: MemberRequest) -> HttpResponse:
    form = SearchForm(request.GET, choices=choices_for(request.membership))
    form.full_clean()
    found = _found(request, form) if form.address else None
    kinds = Thread.Kind.choices
    context = {
        "form": form,
        "asked": form.shown,
        "found": found,
        "kinds": kinds,
        "nav_section": "search",
    }
    response = render(request, "home/search.html", context)
    if request.headers.get("HX-Request"):
        response["HX-Replace-Url"] = found.address if found else request.path
    return response


def _found(request: MemberRequest, form: SearchForm) -> Found:
    now = timezone.now()
    return look(
        request.membership,
        form,
        chosen=request.GET.get("in", ""),
        page=read_page(request.GET.get("page", "")),
        at=read_moment(request.GET.get("at", ""), now),
    )


@member_required
@require_safe
def name_list(request: MemberRequest) -> HttpResponse:
    """Names for a field's list of suggestions: `by` people, or `tag`."""
    of = "tag" if "tag" in request.GET else "by"
    names = names_like(request.membership, of, tidy(request.GET.get(of, "")))
    return HttpResponse(format_html_join("", '<option value="{}"></option>', ((n,) for n in names)))
