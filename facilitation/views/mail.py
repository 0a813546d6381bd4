"""The mail that went out: looked at, tried again, and addresses that are given another chance."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cohort.access import MemberRequest, facilitator_required, require
from cohort.permissions import can_facilitate
from facilitation import mail_queries
from facilitation.forms import AddressForm, DeliveryFilter
from notifications import addresses
from notifications.retrying import retriable, retry


@facilitator_required
@require_safe
def deliveries(request: MemberRequest) -> HttpResponse:
    form = DeliveryFilter(request.GET)
    found = mail_queries.deliveries(request.membership, **form.chosen)
    page = Paginator(found, mail_queries.LOG_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "is_filtered": bool(form.chosen),
        "machinery": mail_queries.machinery(timezone.now()),
        "standing": mail_queries.standing(request.membership),
        "edition": mail_queries.last_edition(request.membership),
        "stopped": mail_queries.stopped_members(request.membership),
        "retriable": retriable(found).count(),
    }
    return render(request, "facilitation/deliveries.html", context)


@facilitator_required
@require_safe
def delivery_detail(request: MemberRequest, delivery_pk: int) -> HttpResponse:
    """All there is to know of one mail but its words: those were for its reader."""
    found = mail_queries.deliveries(request.membership)
    delivery = get_object_or_404(found, pk=delivery_pk)
    to = delivery.recipient.user.email if delivery.recipient else delivery.address
    context = {
        "delivery": delivery,
        "address": to,
        "stopped": addresses.suppressed([to]).get(to),
        "may_retry": retriable(found.filter(pk=delivery_pk)).exists(),
    }
    return render(request, "facilitation/delivery_detail.html", context)


@facilitator_required
@require_POST
def delivery_retry(request: MemberRequest, delivery_pk: int) -> HttpResponse:
    require(can_facilitate(request.membership))
    found = mail_queries.deliveries(request.membership)
    delivery = get_object_or_404(found, pk=delivery_pk)
    if retry(found.filter(pk=delivery.pk), by=request.membership):
        messages.success(request, _("It is tried again."))
    else:
        messages.info(request, _("It does not stand among the failed any more, or is too late."))
    return redirect("facilitation:delivery_detail", request.cohort.slug, delivery.pk)


@facilitator_required
@require_POST
def deliveries_retry(request: MemberRequest) -> HttpResponse:
    """All that failed and fits the filter that was looked at."""
    require(can_facilitate(request.membership))
    form = DeliveryFilter(request.POST)
    found = mail_queries.deliveries(request.membership, **form.chosen)
    count = retry(found, by=request.membership)
    words = ngettext("%(n)d mail is tried again.", "%(n)d mails are tried again.", count)
    messages.success(request, words % {"n": count})
    return redirect("facilitation:deliveries", request.cohort.slug)


@facilitator_required
@require_POST
def address_trial(request: MemberRequest) -> HttpResponse:
    """Mail goes to an address of this cohort again, though it was stopped."""
    require(can_facilitate(request.membership))
    form = AddressForm(request.POST, cohort=request.cohort)
    if not form.is_valid():
        messages.error(request, _("Nobody of this cohort has that address."))
    elif addresses.try_again(form.cleaned_data["address"], by=request.membership):
        messages.success(request, _("Mail goes there again. If it comes back, we stop once more."))
    else:
        messages.info(request, _("Mail goes there already."))
    return redirect(_back(request))


def _back(request: MemberRequest) -> str:
    there = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(there, allowed_hosts=None) and there.startswith("/"):
        return there
    return reverse("facilitation:deliveries", args=[request.cohort.slug])
