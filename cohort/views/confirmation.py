"""Confirming with a mailed code that one is who signed in a while ago."""

from typing import cast
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cohort import reauthentication
from cohort.models import User


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirmation(request: HttpRequest) -> HttpResponse:
    back = _back(request)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if reauthentication.confirm(request, cast("User", request.user), form.cleaned_data["code"]):
            return redirect(back)
        form.add_error("code", _("This is not the code we sent last, or it is too old."))
    context = {
        "form": form,
        "back": back,
        "is_sent": reauthentication.code_is_under_way(request),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "cohort/confirmation.html", context, status=status)


@login_required
@require_POST
def confirmation_code(request: HttpRequest) -> HttpResponse:
    if not reauthentication.send_code(request, cast("User", request.user)):
        messages.error(request, _("You have asked for several codes. Please wait a minute."))
    back = _back(request)
    return redirect(f"{reverse('cohort:confirmation')}?{urlencode({'next': back})}")


def _back(request: HttpRequest) -> str:
    asked = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(
        asked, {request.get_host()}, require_https=request.is_secure()
    ):
        return asked
    return reverse("cohort:profile_edit")
