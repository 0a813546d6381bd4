"""Links of the library that have stopped answering."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cohort.access import MemberRequest, facilitator_required
from resources.models import LinkCheck

PER_PAGE = 50


@facilitator_required
@require_safe
def link_list(request: MemberRequest) -> HttpResponse:
    """The longest silent first; each leads to its resource, where it can be mended."""
    dead = LinkCheck.objects.visible_to(request.membership).dead()
    dead = dead.select_related("resource__cohort", "resource__added_by__user")
    page = Paginator(dead.order_by("failing_since", "pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "facilitation/link_list.html", {"page": page})
