from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notifications import queries, services, unsubscribe, wishes
from notifications.models import Rhythm
from notifications.unsubscribe import Subscription

ONE_CLICK = ("List-Unsubscribe", "One-Click")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_detail(request: HttpRequest, token: str) -> HttpResponse:
    """The address in every mail: asks a person; obeys a mail program's one click (RFC 8058 §3.1).

    Whoever follows links by GET changes nothing. The page's own form goes to another address,
    which is protected against forged requests; this one cannot be, and needs no cookie.
    """
    subscription = _subscription(token)
    if request.method != "POST":
        return _render(request, "notifications/unsubscribe_detail.html", token, subscription)
    name, value = ONE_CLICK
    if request.POST.get(name) != value:
        return HttpResponse(status=400)
    services.switch_off(member=subscription.member, topic=subscription.topic.name)
    return HttpResponse(_("You are unsubscribed."), content_type="text/plain; charset=utf-8")


@require_POST
def unsubscribe_confirm(request: HttpRequest, token: str) -> HttpResponse:
    subscription = _subscription(token)
    before = wishes.choices_of(subscription.member).edition
    services.switch_off(member=subscription.member, topic=subscription.topic.name)
    return _render(
        request, "notifications/unsubscribe_done.html", token, subscription, rhythm=before
    )


@require_POST
def unsubscribe_undo(request: HttpRequest, token: str) -> HttpResponse:
    subscription = _subscription(token)
    rhythm = request.POST.get("rhythm", "")
    services.switch_on(
        member=subscription.member,
        topic=subscription.topic.name,
        rhythm=rhythm if rhythm in (Rhythm.WEEKLY, Rhythm.DAILY) else Rhythm.WEEKLY,
    )
    return _render(request, "notifications/unsubscribe_undone.html", token, subscription)


def _subscription(token: str) -> Subscription:
    subscription = unsubscribe.by_token(token)
    if subscription is None:
        raise Http404
    return subscription


def _render(
    request: HttpRequest, template: str, token: str, subscription: Subscription, **context: str
) -> HttpResponse:
    choices = wishes.choices_of(subscription.member)
    everything = {
        "token": token,
        "subscription": subscription,
        "is_on": wishes.wants(choices, subscription.topic.name),
        **context,
    }
    response = render(request, template, everything)
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Whether everything runs that must, and no file is lost: 200 or 503, and what is wrong."""
    checks = queries.health()
    is_well = all(check["ok"] for check in checks.values())
    return JsonResponse(
        {"status": "ok" if is_well else "failing", "checks": checks},
        status=200 if is_well else 503,
    )


@never_cache
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """Whether this process answers at all; asks nobody else."""
    return HttpResponse("ok", content_type="text/plain")
