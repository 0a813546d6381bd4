"""Mail that comes in: a provider's webhook, and the addresses that members answer to."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from cohort.models import Membership, User
from notifications import reply_addresses
from notifications.inbound import webhook


@login_required
@require_POST
def reply_renewal(request: HttpRequest) -> HttpResponse:
    """End the addresses for answering by mail, after a mail got into other hands."""
    mine = Membership.objects.active().filter(user=cast("User", request.user))
    for member in mine.select_related("cohort", "user"):
        reply_addresses.revoke_all(member=member, by=member)
    messages.success(request, _("Mails you have got cannot be answered any more; new ones can."))
    return redirect("notifications:choices")


@csrf_exempt
@never_cache
@require_http_methods(["HEAD", "POST"])
def inbound_webhook(request: HttpRequest, provider: str) -> HttpResponseBase:
    """Mail that came in, from the one provider that is set up and knows the secret."""
    return webhook.answer(request, provider)
