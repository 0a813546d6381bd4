"""Feeds for programs that bring a key, and the page where a member makes and revokes keys."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cohort.access import MemberRequest, member_required
from cohort.feed_views import Feed, opened_by_key
from cohort.models import FeedKey, Membership, Theme
from cohort.services import feed_keys
from forums import feeds
from forums.forms_feeds import FeedKeyForm
from forums.models import Space

ATOM = "application/atom+xml; charset=utf-8"
# A program that asks every quarter of an hour for twenty feeds stays far below it.
MOST_IN_A_WINDOW, WINDOW = 120, 600
ALL = "all"


_by_key = opened_by_key("feeds", most=MOST_IN_A_WINDOW, seconds=WINDOW)


def _written(key: FeedKey, channel: feeds.Channel | None) -> Feed | None:
    if channel is None:
        return None
    entries = feeds.entries_of(key.member, channel)
    content, updated = feeds.write_feed(key.member, channel, entries, since=key.created_at)
    return Feed(content, ATOM, updated)


def _spaces_of(member: Membership) -> list[int]:
    return list(Space.objects.visible_to(member).values_list("pk", flat=True))


@_by_key
def feed(key: FeedKey) -> Feed | None:
    return _written(key, feeds.everything(key.member, _spaces_of(key.member)))


@_by_key
def space_feed(key: FeedKey, space_slug: str) -> Feed | None:
    spaces = Space.objects.visible_to(key.member).filter(slug=space_slug)
    found = spaces.values_list("pk", "slug", "name").first()
    return _written(key, feeds.of_space(key.member, *found) if found else None)


@_by_key
def theme_feed(key: FeedKey, theme_slug: str) -> Feed | None:
    found = Theme.objects.filter(feeds.with_lessons(theme_slug)).order_by("-parent", "pk")
    themes = sorted(
        found.values_list("pk", "slug", "name"), key=lambda theme: theme[1] != theme_slug
    )
    member = key.member
    channel = feeds.of_theme(member, _spaces_of(member), themes) if themes else None
    return _written(key, channel)


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
