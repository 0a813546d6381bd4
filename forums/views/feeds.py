"""Feeds for programs that bring a key, and the page where a member makes and revokes keys."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohort.access import MemberRequest, member_required
from cohort.limits import wait_before
from cohort.models import FeedKey, Membership, Theme
from cohort.services import feed_keys
from forums import feeds
from forums.forms_feeds import FeedKeyForm
from forums.models import Space

P = ParamSpec("P")
ATOM = "application/atom+xml; charset=utf-8"
# A program that asks every quarter of an hour for twenty feeds stays far below it.
MOST_IN_A_WINDOW, WINDOW = 120, 600
ALL = "all"


def _opened_by_key(
    find: Callable[Concatenate[Membership, P], feeds.Channel | None],
) -> Callable[..., HttpResponse]:
    """A feed's view: whatever does not open gets one and the same answer, without a cookie."""

    @require_safe
    @wraps(find)
    def view(request: HttpRequest, key: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        opened = FeedKey.objects.opened_by(key)
        if opened is None:
            return _sealed(_nothing())
        if seconds := wait_before(f"feeds:{opened.pk}", most=MOST_IN_A_WINDOW, seconds=WINDOW):
            return _sealed(_later(seconds))
        channel = find(opened.member, *args, **kwargs)
        if channel is None:
            return _sealed(_nothing())
        feed_keys.note_use(opened, timezone.now())
        return _sealed(_answer(request, opened, channel))

    return view  # type: ignore[return-value]


def _answer(request: HttpRequest, key: FeedKey, channel: feeds.Channel) -> HttpResponseBase:
    entries = feeds.entries_of(key.member, channel)
    content, updated = feeds.write_feed(key.member, channel, entries, since=key.created_at)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    modified = int(updated.timestamp())
    response = HttpResponse(content, content_type=ATOM)
    response["ETag"], response["Last-Modified"] = etag, http_date(modified)
    return get_conditional_response(request, etag, modified, response) or response


def _nothing() -> HttpResponse:
    return HttpResponse("There is no such feed.\n", status=404, content_type="text/plain")


def _later(seconds: int) -> HttpResponse:
    response = HttpResponse("Too many requests.\n", status=429, content_type="text/plain")
    response["Retry-After"] = str(seconds)
    return response


def _sealed(response: HttpResponseBase) -> HttpResponseBase:
    """For the one who asked, asked anew each time, and nothing for search engines."""
    patch_cache_control(response, private=True, no_cache=True)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _spaces_of(member: Membership) -> list[int]:
    return list(Space.objects.visible_to(member).values_list("pk", flat=True))


@_opened_by_key
def feed(member: Membership) -> feeds.Channel | None:
    return feeds.everything(member, _spaces_of(member))


@_opened_by_key
def space_feed(member: Membership, space_slug: str) -> feeds.Channel | None:
    spaces = Space.objects.visible_to(member).filter(slug=space_slug)
    found = spaces.values_list("pk", "slug", "name").first()
    return feeds.of_space(member, *found) if found else None


@_opened_by_key
def theme_feed(member: Membership, theme_slug: str) -> feeds.Channel | None:
    found = Theme.objects.filter(feeds.with_lessons(theme_slug)).order_by("-parent", "pk")
    themes = sorted(
        found.values_list("pk", "slug", "name"), key=lambda theme: theme[1] != theme_slug
    )
    return feeds.of_theme(member, _spaces_of(member), themes) if themes else None


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def feed_key_list(request: MemberRequest) -> HttpResponse:
    """One's keys; a new one, whose secret this answer alone tells."""
    choices = _feeds_shown(request.membership)
    form = FeedKeyForm(request.POST or None, feeds=choices, initial=_wanted(request))
    made: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            key, secret = feed_keys.make_key(
                member=request.membership,
                name=form.cleaned_data["name"],
                form_key=form.cleaned_data["form_key"],
            )
        except feed_keys.ShownAlready:
            messages.info(request, _("This key was made already. Its addresses are shown once."))
            return redirect("forums:feed_key_list", request.cohort.slug)
        except feed_keys.TooManyKeys:
            form.add_error(None, _("You have as many keys as one may have. Revoke one first."))
        else:
            addresses = [(name, _address(secret, feed)) for feed, name in choices]
            wanted = _address(secret, form.cleaned_data["feed"])
            made = {"made": key, "address": wanted, "addresses": addresses}
            form = FeedKeyForm(feeds=choices)
    context = {
        "form": form,
        "keys": request.membership.feed_keys.standing(),
        "most": FeedKey.MOST,
        **made,
    }
    status = 422 if form.errors else 200
    return render(request, "forums/feed_key_list.html", context, status=status)


@member_required
@require_POST
def feed_key_removal(request: MemberRequest, key_pk: int) -> HttpResponse:
    key = get_object_or_404(FeedKey, pk=key_pk, member=request.membership)
    feed_keys.revoke_key(key=key, by=request.membership)
    messages.success(request, _("“%(name)s” opens nothing any more.") % {"name": key.name})
    return redirect("forums:feed_key_list", request.cohort.slug)


def _feeds_shown(member: Membership) -> list[tuple[str, str]]:
    """(end of the address or ALL, name) of every feed there is for the member."""
    spaces = Space.objects.visible_to(member).in_order().values_list("slug", "name")
    themes = Theme.objects.order_by("position", "pk").values_list("slug", "name")
    return [
        (ALL, _("All discussions")),
        *((f"spaces/{slug}/", name) for slug, name in spaces),
        *((f"themes/{slug}/", name) for slug, name in themes),
    ]


def _wanted(request: HttpRequest) -> dict[str, str]:
    """The feed that a link on a space's or theme's page led here for."""
    for what in ("space", "theme"):
        if slug := request.GET.get(what):
            return {"feed": f"{what}s/{slug}/"}
    return {"feed": ALL}


def _address(secret: str, feed: str) -> str:
    return f"{settings.BASE_URL}{reverse('forums:feed', args=[secret])}{feed.removeprefix(ALL)}"
