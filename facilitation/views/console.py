"""Where a facilitator's day starts, and who comes to what."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cohort.access import MemberRequest, facilitator_required
from facilitation import queries
from sessions.queries import waiting_to_close


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
    now = timezone.now()
    to_close = waiting_to_close(request.membership, now)[: queries.TO_CLOSE_SHOWN]
    context = {
        "answers": queries.session_answers(request.membership, now),
        "to_close": list(to_close),
    }
    return render(request, "facilitation/sessions.html", context)
