"""Where the mail provider reports what became of mails."""

import logging
from collections.abc import Callable

import anymail.urls
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

logger = logging.getLogger(__name__)


@csrf_exempt
def tracking(request: HttpRequest, provider: str) -> HttpResponse:
    """Anymail's webhook of the provider that is set up, and of no other.

    Without a secret there is none: anybody could stop anybody's mail. With a wrong one: 400.
    """
    if provider != settings.MAIL_PROVIDER or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404
    names = (f"{provider}_tracking_webhook", f"{provider}_webhook")
    for pattern in anymail.urls.urlpatterns:
        if pattern.name in names:
            return _obey(pattern.callback, request)
    raise Http404


def _obey(view: Callable[[HttpRequest], HttpResponse], request: HttpRequest) -> HttpResponse:
    try:
        return view(request)
    except (ValueError, TypeError, KeyError, AttributeError):  # not what the provider writes
        logger.warning("A report of the mail provider could not be read", exc_info=True)
        return HttpResponse(status=400)
