"""What one hears of, by which ways and when: for whoever signed in, and by the link in a mail."""

from collections.abc import Sequence
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cohort.models import Membership, User
from notifications import reply_addresses, services, wishes
from notifications import scoped_choices as scoped
from notifications.forms import ChoicesForm
from notifications.unsubscribe import masked


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    forms = [_form(request, member) for member in _memberships(request)]
    if request.method != "POST":
        by_mail = reply_addresses.is_configured()
        context = {"forms": forms, "answers_by_mail": by_mail}
        return render(request, "notifications/choices.html", context)
    model = next((f for f in forms if str(f.member.pk) == request.POST.get("for_all")), None)
    if not all(form.is_valid() for form in ([model] if model else forms)):
        return render(request, "notifications/choices.html", {"forms": forms}, status=422)
    _save(forms, model)
    if model:
        messages.success(request, _("Saved for all your cohorts."))
    else:
        messages.success(request, _("Saved. This also holds for what is waiting."))
    return redirect("notifications:choices")


def _memberships(request: HttpRequest) -> list[Membership]:
    user = cast("User", request.user)
    mine = Membership.objects.active().filter(user=user, cohort__archived_at=None)
    return list(mine.select_related("cohort", "user").order_by("-cohort__starts_on"))


def _form(request: HttpRequest, member: Membership) -> ChoicesForm:
    return ChoicesForm(request.POST or None, instance=wishes.choices_of(member), member=member)


def _save(forms: Sequence[ChoicesForm], model: ChoicesForm | None = None) -> None:
    """Keep each form for its own member, or one of them for all."""
    for form in forms:
        chosen = (model or form).chosen
        if model:
            chosen["switched"] = model.switched_in(form.instance)
        services.choose(member=form.member, **chosen)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def scoped_choices(request: HttpRequest, token: str) -> HttpResponse:
    """The same for one member, by the link in their mail: whoever holds it need not sign in.

    Mails are forwarded: the page names the member by a masked address, and neither spaces nor
    discussions.
    """
    member = scoped.member_by_token(token)
    if member is None:
        raise Http404
    form = _form(request, member)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            _save([form])
            messages.success(request, _("Saved. This also holds for what is waiting."))
            return redirect("notifications:scoped_choices", token)
        status = 422
    context = {"form": form, "masked_address": masked(member.user.email)}
    response = render(request, "notifications/scoped_choices.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response
