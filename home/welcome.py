"""The one page between an accepted invitation and the cohort's home."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cohort.access import MemberRequest, arriving_member
from cohort.forms import ArrivalForm
from cohort.models import Membership, User
from cohort.services.people import arrive
from notifications.models import Choices, Rhythm
from notifications.services import choose


class WelcomeForm(ArrivalForm):
    edition = forms.ChoiceField(
        label=gettext_lazy("The edition: what is new, in one mail"),
        choices=Rhythm.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Tuesday mornings, unless you choose otherwise later."),
    )
    field_order = ("name", "title", "time_zone", "photo", "edition", "agree")


@arriving_member
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: MemberRequest) -> HttpResponse:
    """Shown until the cohort's norms are agreed to, and again when they have changed."""
    member = request.membership
    if member.has_agreed:
        return redirect("home:home", request.cohort.slug)

    choices = Choices.objects.filter(member=member).first() or Choices(member=member)
    form = WelcomeForm(
        request.POST or None,
        request.FILES or None,
        cohort=request.cohort,
        # A row of its own: what is typed into an invalid form must not show as the reader's name.
        instance=User.objects.get(pk=member.user_id),
        initial={"edition": choices.edition},
    )
    if request.method == "POST" and form.is_valid():
        come_in(member, dict(form.cleaned_data))
        messages.success(request, _("Welcome! This is what the cohort is up to."))
        return redirect("home:home", request.cohort.slug)
    context = {"form": form, "is_first_time": member.norms_agreed_at is None}
    status = 422 if request.method == "POST" else 200
    return render(request, "home/welcome.html", context, status=status)


@transaction.atomic
def come_in(member: Membership, answers: dict[str, Any]) -> None:
    """Keep the mail rhythm, the profile and the agreement together."""
    answers.pop("agree", None)
    choose(member=member, edition=answers.pop("edition"))
    arrive(member=member, **answers)
