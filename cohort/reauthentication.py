"""Asking once more who is there, before what would hurt most in a stranger's hands.

allauth asks for a password or a second factor, and skips whoever has neither. Here those confirm
with a code sent to their own address, so that nobody is skipped.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core.internal import ratelimit
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from cohort import account_mail
from cohort.account_mail import six_digits
from cohort.models import User

STATE = "cohort_reauthentication"
CODE_LASTS = 600
TRIES = 5

# allauth's pages that change how one signs in.
SENSITIVE = frozenset(
    {
        "account_email",
        "account_set_password",
        "account_change_password",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_generate_recovery_codes",
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_add_webauthn",
        "mfa_remove_webauthn",
        "mfa_edit_webauthn",
        "socialaccount_connections",
    }
)


def has_confirmed_lately(request: HttpRequest) -> bool:
    """Whether this session signed in, or confirmed, within the time that allauth allows too."""
    user = request.user
    if not user.is_authenticated:
        return False
    latest = max((r["at"] for r in get_authentication_records(request, user)), default=0)
    return time.time() - latest < app_settings.REAUTHENTICATION_TIMEOUT


def confirmation_url(request: HttpRequest, back: str) -> str:
    """Where this person confirms: with password or second factor, or else with a code."""
    flows = get_reauthentication_flows(cast("User", request.user))
    page = {
        "reauthenticate": "account_reauthenticate",
        "mfa_reauthenticate": "mfa_reauthenticate",
    }.get(flows[0]["id"] if flows else "", "cohort:confirmation")
    return f"{reverse(page)}?{urlencode({'next': back})}"


def confirmed_lately(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Send whoever has not signed in or confirmed lately to do so first, and then back."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if has_confirmed_lately(request):
            return view(request, *args, **kwargs)
        back = request.get_full_path() if request.method in ("GET", "HEAD") else _page_of(request)
        return redirect(confirmation_url(request, back))

    return wrapper


def _page_of(request: HttpRequest) -> str:
    """The page a form was on: confirming leads back there, and the form is sent again by hand."""
    return request.POST.get("next") or request.get_full_path()


class ConfirmWithCodeMiddleware:
    """Guards allauth's own sensitive pages for people without a password or second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is None or match.view_name not in SENSITIVE:
            return None
        if not request.user.is_authenticated or get_reauthentication_flows(request.user):
            return None
        if has_confirmed_lately(request):
            return None
        return redirect(confirmation_url(request, request.get_full_path()))


def send_code(request: HttpRequest, user: User) -> bool:
    """Mail a code to the person's own address; False when they have asked too often."""
    if not ratelimit.consume(
        request, app="allauth.account", action="request_login_code", key=user.email
    ):
        return False
    code = six_digits()
    request.session[STATE] = {"code": make_password(code), "at": time.time(), "tries": 0}
    account_mail.send("account/email/login_code", user.email, {"code": code})
    return True


def code_is_under_way(request: HttpRequest) -> bool:
    state = request.session.get(STATE)
    if state is None:
        return False
    return bool(time.time() - state["at"] < CODE_LASTS and state["tries"] < TRIES)


def confirm(request: HttpRequest, user: User, code: str) -> bool:
    """Whether the code is the one that was sent; it works once, for ten minutes, five tries."""
    if not code_is_under_way(request):
        return False
    state = request.session[STATE]
    request.session[STATE] = {**state, "tries": state["tries"] + 1}
    if not check_password("".join(code.split()).replace("-", ""), state["code"]):
        return False
    del request.session[STATE]
    record_authentication(request, user, method="code", reauthenticated=True)
    return True
