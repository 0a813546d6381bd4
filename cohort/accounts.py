"""How allauth signs people in here: with invitations only, never by an open door."""

from itertools import chain, count
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthProcess
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render

from cohort import account_mail, live
from cohort.account_mail import six_digits
from cohort.addresses import canonical_address
from cohort.browsers import browser_name
from cohort.reauthentication import has_confirmed_lately


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in a moment ago has just shown who they are; allauth asks once more."""
        required = super().is_reauthentication_required(app=app, **kwargs)
        return required and not has_confirmed_lately(context.request)

    def clean_email(self, email: str) -> str:
        return canonical_address(super().clean_email(email))

    def generate_login_code(self) -> str:
        return six_digits()

    def generate_password_reset_code(self) -> str:
        return six_digits()

    def generate_email_verification_code(self) -> str:
        return six_digits()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Straight out, past the outbox: docs/decisions/0003-account-mail.md says why."""
        account_mail.send(template_prefix, email, context)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Google and Microsoft open the accounts there are; they make none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Say why nobody is signed in, the same whether or not the address is known here."""
        if sociallogin.is_existing or sociallogin.state.get("process") != AuthProcess.LOGIN:
            return
        addresses = sociallogin.email_addresses
        context = {
            "provider": sociallogin.provider.name,
            "address": addresses[0].email if addresses else "",
            "is_verified": any(address.verified for address in addresses),
        }
        page = render(request, "socialaccount/no_account.html", context, status=403)
        raise ImmediateHttpResponse(page)

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        """Only an address that was verified here too opens an account."""
        return (
            super().can_authenticate_by_email(login, email)
            and EmailAddress.objects.filter(email=canonical_address(email), verified=True).exists()
        )


class MFAAdapter(DefaultMFAAdapter):
    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002
        """The device at hand, which is where the key most likely lives; each name once."""
        name = browser_name(context.request.headers.get("User-Agent", ""))
        taken = {str(key) for key in Authenticator.objects.filter(user_id=user.pk, type=type)}
        later = (f"{name} ({number})" for number in count(2))
        return next(each for each in chain([name], later) if each not in taken)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.SITE_NAME}


class UserSessionsAdapter(DefaultUserSessionsAdapter):
    def end_sessions(self, sessions: Any) -> None:
        """Open sockets of an ended session close too."""
        sessions = list(sessions)
        super().end_sessions(sessions)
        for user_pk in {session.user_id for session in sessions}:
            live.user_access_changed(user_pk)
