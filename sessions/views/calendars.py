"""Sessions in other programs: feeds that a key opens, and the page where one makes the key."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cohort.access import MemberRequest, member_required
from cohort.feed_views import Feed, opened_by_key
from cohort.models import FeedKey
from cohort.services import feed_keys
from sessions import queries
from sessions.calendar import calendar_feed
from sessions.calendar.adding import ways_to_follow
from sessions.forms_calendar import CalendarKeyForm
from sessions.models import LearningSessionQuerySet

ICS = "text/calendar; charset=utf-8"
_by_key = opened_by_key("calendars", most=60, seconds=3600)


@_by_key
def calendar_own(key: FeedKey) -> Feed:
    """The sessions its member comes to or has not declined."""
    return _feed(key, queries.of_their_own(key.member, timezone.now()), key.member.cohort.name)


@_by_key
def calendar_cohort(key: FeedKey) -> Feed:
    """All sessions its member may see."""
    name = _("%(cohort)s: all sessions") % {"cohort": key.member.cohort.name}
    return _feed(key, queries.followed(key.member, timezone.now()), name)


def _feed(key: FeedKey, sessions: LearningSessionQuerySet, name: str) -> Feed:
    found = list(sessions)
    moments: list[datetime | None] = [key.created_at]
    for session in found:
        moments += [session.updated_at, getattr(session, "my_answered_at", None)]
    updated = max(filter(None, moments))
    return Feed(calendar_feed(name, found), ICS, updated, "private, max-age=900")


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_key_list(request: MemberRequest) -> HttpResponse:
    """How sessions come into one's calendar; a new key, whose addresses this answer alone tells."""
    form = CalendarKeyForm(request.POST or None)
    made: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            key, secret = feed_keys.make_key(member=request.membership, **form.cleaned_data)
        except feed_keys.ShownAlready:
            messages.info(request, _("This was made already. Its addresses are shown once."))
            return redirect("sessions:calendar_key_list", request.cohort.slug)
        except feed_keys.TooManyKeys:
            form.add_error(None, _("You have as many keys as one may have. Revoke one first."))
        else:
            made = {"made": key, "feeds": _addresses(request.cohort.name, secret)}
            form = CalendarKeyForm()
    context = {
        "form": form,
        "keys": request.membership.feed_keys.standing(),
        "most": FeedKey.MOST,
        **made,
    }
    status = 422 if form.errors else 200
    return render(request, "sessions/calendar_key_list.html", context, status=status)


def _addresses(cohort: str, secret: str) -> list[dict[str, Any]]:
    feeds = [
        ("calendar_own", _("My sessions"), _("Those you come to or have not answered yet.")),
        ("calendar_cohort", _("All sessions"), _("Also those you said no to.")),
    ]
    found = []
    for route, name, text in feeds:
        address = f"{settings.BASE_URL}{reverse(f'sessions:{route}', args=[secret])}"
        ways = ways_to_follow(address, cohort)
        found.append({"name": name, "text": text, "address": address, "ways": ways, "id": route})
    return found


@member_required
@require_POST
def calendar_key_removal(request: MemberRequest, key_pk: int) -> HttpResponse:
    key = get_object_or_404(FeedKey, pk=key_pk, member=request.membership)
    feed_keys.revoke_key(key=key, by=request.membership)
    messages.success(request, _("“%(name)s” opens nothing any more.") % {"name": key.name})
    return redirect("sessions:calendar_key_list", request.cohort.slug)
