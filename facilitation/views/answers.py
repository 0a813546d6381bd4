"""What members answered by mail, and what became of it: never what they wrote."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cohort.access import MemberRequest, facilitator_required
from notifications.inbound.outcomes import label_of
from notifications.models import InboundMail

PER_PAGE = 50
BADGES: dict[str, str] = {
    InboundMail.State.TAKEN: "badge--good",
    InboundMail.State.HELD: "badge--warn",
    InboundMail.State.REFUSED: "badge--bad",
    InboundMail.State.FAILED: "badge--bad",
}


@facilitator_required
@require_safe
def answer_list(request: MemberRequest) -> HttpResponse:
    mails = InboundMail.objects.visible_to(request.membership).select_related("member__user")
    page = Paginator(mails, PER_PAGE).get_page(request.GET.get("page"))
    rows = [(mail, label_of(mail.reason), BADGES.get(mail.state, "")) for mail in page]
    return render(request, "facilitation/answer_list.html", {"page": page, "rows": rows})
