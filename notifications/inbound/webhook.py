"""Mail that a provider hands over by a webhook, in whichever form Anymail reads.

Anymail's view answers 200 when this returns, so that the mail is kept by then; what is raised here
is a 500, and the provider tries again.
"""

from typing import Any

from anymail.signals import inbound
from anymail.utils import get_request_basic_auth
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.crypto import constant_time_compare

from notifications.inbound import mailboxes, storing

# Base64 in JSON, and what stands around it.
ROOM = 1.5


def answer(request: HttpRequest, provider: str) -> HttpResponseBase:
    """Anymail's answer to the configured provider that knows the secret. Raises Http404."""
    secret = str(settings.ANYMAIL.get("WEBHOOK_SECRET") or "")
    if not secret or provider != settings.INBOUND_PROVIDER:
        raise Http404
    if not constant_time_compare(get_request_basic_auth(request) or "", secret):
        # Some providers send what stands in the address only when they are asked.
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="mail"'})
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.INBOUND_MAX_BYTES * ROOM:
        return HttpResponse(status=413)
    try:
        view = resolve(f"/{provider}/inbound/", urlconf="anymail.urls").func
    except Resolver404 as error:
        raise Http404 from error
    return view(request)


def take_event(sender: object, event: Any, esp_name: str, **_signal: object) -> None:
    """Keep one mail of a provider's."""
    message = event.message
    recipient = message.envelope_recipient
    storing.take(
        message.as_bytes(),
        source=f"webhook:{esp_name}"[:40].lower(),
        recipients=[recipient] if recipient and mailboxes.find(recipient) else [],
        sender=message.envelope_sender,
        verdict=_verdict(event.esp_event, esp_name),
    )


def _verdict(event: Any, esp_name: str) -> str:
    """What the provider itself says of the sender, where it says so apart from the mail's head."""
    if esp_name != "Amazon SES" or not isinstance(event, dict):
        return ""
    status = event.get("receipt", {}).get("dmarcVerdict", {}).get("status", "")
    return {"PASS": "pass", "FAIL": "fail"}.get(str(status).upper(), "")


def register() -> None:
    inbound.connect(take_event, dispatch_uid="notifications.inbound")
