"""The devices of a person, and what makes the site one that can be installed."""

import hashlib
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohort import assets
from cohort.browsers import browser_name
from cohort.models import User
from notifications.forms import DeviceNameForm
from notifications.models import PushSubscription
from notifications.push import devices, keys
from notifications.push.devices import NotTaken


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def device_list(request: HttpRequest) -> HttpResponse:
    """The page of one's devices; by POST a browser's script adds the one it runs on."""
    user = cast("User", request.user)
    if request.method == "POST":
        return _add(request, user)
    return _page(request, user)


def _page(
    request: HttpRequest, user: User, naming: DeviceNameForm | None = None, status: int = 200
) -> HttpResponse:
    """One's devices; `naming` is the form of the one whose new name was not taken."""
    mine, here = list(user.push_subscriptions.order_by("-created_at")), request.session.session_key
    forms = [
        naming
        if naming and naming.instance == device
        else DeviceNameForm(instance=device, auto_id=f"device-{device.pk}-%s")
        for device in mine
    ]
    context = {
        "devices": list(zip(mine, forms, strict=True)),
        "here": here,
        "is_here": any(device.session_key == here for device in mine),
        "public_key": keys.public_key() if keys.is_on() else "",
    }
    return render(request, "notifications/device_list.html", context, status=status)


def _add(request: HttpRequest, user: User) -> HttpResponse:
    endpoint, session_key = request.POST.get("endpoint", ""), request.session.session_key or ""
    if "renew" in request.POST:
        is_here = devices.renew(user, endpoint=endpoint, session_key=session_key)
        return JsonResponse({}, status=200 if is_here else 404)
    try:
        devices.subscribe(
            user,
            name=browser_name(request.headers.get("User-Agent", "")),
            endpoint=endpoint,
            p256dh=request.POST.get("p256dh", ""),
            auth=request.POST.get("auth", ""),
            session_key=session_key,
        )
    except NotTaken as refused:
        return JsonResponse({"words": str(refused)}, status=422)
    return JsonResponse({}, status=201)


@login_required
@require_POST
def device_name(request: HttpRequest, device_pk: int) -> HttpResponse:
    user = cast("User", request.user)
    device = get_object_or_404(PushSubscription, user=user, pk=device_pk)
    form = DeviceNameForm(request.POST, instance=device, auto_id=f"device-{device.pk}-%s")
    if not form.is_valid():
        return _page(request, user, naming=form, status=422)
    form.save()
    messages.success(request, _("It is called “%(name)s” now.") % {"name": device.name})
    return redirect("notifications:device_list")


@login_required
@require_POST
def device_removal(request: HttpRequest, device_pk: int) -> HttpResponse:
    user = cast("User", request.user)
    device = get_object_or_404(PushSubscription, user=user, pk=device_pk)
    device.delete()
    messages.success(request, _("“%(name)s” is told of nothing any more.") % {"name": device.name})
    return redirect("notifications:device_list")


@cache_control(max_age=3600, public=True)
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to install the site (W3C Web App Manifest)."""
    sizes = ((192, "any"), (512, "any"), (512, "maskable"))
    return JsonResponse(
        {
            "name": settings.SITE_NAME,
            "short_name": settings.SITE_NAME,
            "id": "/",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#fbf8f2",
            "theme_color": "#fbf8f2",
            "icons": [
                {
                    "src": static(f"img/{'maskable' if use == 'maskable' else 'icon'}-{size}.png"),
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": use,
                }
                for size, use in sizes
            ],
        },
        content_type="application/manifest+json",
    )


@cache_control(no_cache=True)
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that shows what is pushed, and a page when there is no network.

    It stands at the top, for a worker rules only what is below its own address.
    """
    files = [static(assets.BUNDLE_CSS)] if assets.is_built() else map(static, assets.css_parts())
    kept = [*files]
    context = {
        "offline_files": kept,
        "offline_version": hashlib.sha256(" ".join(kept).encode()).hexdigest()[:12],
    }
    template = "notifications/service_worker.js"
    return render(request, template, context, content_type="text/javascript; charset=utf-8")


@cache_control(max_age=3600)
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    return render(request, "notifications/offline.html")
