"""Google and Microsoft as ways to sign in, where they need other manners than allauth's."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.providers.google import provider as google
from allauth.socialaccount.providers.microsoft import provider as microsoft
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render


class _LeavingByPage:
    """Leads to the provider by a page instead of a redirect.

    What answers a form may not redirect to another site: the content security policy forbids it,
    and which sites a provider redirects to on its own side is not ours to list.
    """

    def redirect(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().redirect(request, *args, **kwargs)  # type: ignore[misc]
        if not isinstance(response, HttpResponseRedirect):
            return response
        context = {"redirect_to": response.url}
        return render(request, "socialaccount/login_redirect.html", context)


class GoogleProvider(_LeavingByPage, google.GoogleProvider):
    package = "allauth.socialaccount.providers.google"


class MicrosoftProvider(_LeavingByPage, microsoft.MicrosoftGraphProvider):
    """Believes the sign-in name of work and school accounts, and `mail` only in its domain.

    A sign-in name lies in a domain that the organization has proven to own; `mail` is whatever an
    administrator, of any organization anywhere, has typed.
    """

    package = "allauth.socialaccount.providers.microsoft"

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        name, mail = data.get("userPrincipalName") or "", data.get("mail") or ""
        # A guest's sign-in name is made from an address that only the host organization knows.
        if "#" in name:
            name = ""
        addresses = [EmailAddress(email=mail, verified=_domain(mail) == _domain(name))]
        if name.lower() != mail.lower():
            addresses.append(EmailAddress(email=name, verified=True))
        return [address for address in addresses if address.email]


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()
