"""Where a facilitator's day starts, who comes to what, and the mail that went out."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cohort.access import MemberRequest, facilitator_required
from facilitation import queries
from facilitation.forms import DeliveryFilter


@facilitator_required
@require_safe
def console(request: MemberRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "attention": queries.attention(request.membership, now),
        "figures": queries.figures(request.membership, now),
    }
    return render(request, "facilitation/console.html", context)


@facilitator_required
@require_safe
def sessions(request: MemberRequest) -> HttpResponse:
    answers = queries.session_answers(request.membership, timezone.now())
    return render(request, "facilitation/sessions.html", {"answers": answers})


@facilitator_required
@require_safe
def deliveries(request: MemberRequest) -> HttpResponse:
    form = DeliveryFilter(request.GET)
    found = queries.deliveries(request.membership, **form.chosen)
    page = Paginator(found, queries.LOG_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "is_filtered": bool(form.chosen),
        "machinery": queries.machinery(timezone.now()),
    }
    return render(request, "facilitation/deliveries.html", context)
