"""What opens by a key in the address, for programs that cannot sign in: feeds and calendars."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from cohort.limits import wait_before
from cohort.models import FeedKey
from cohort.services import feed_keys

P = ParamSpec("P")


@dataclass(frozen=True)
class Feed:
    """What a program gets, and when it last changed."""

    content: bytes
    content_type: str
    updated: datetime
    cache_control: str = "private, no-cache"


def opened_by_key(
    what: str, *, most: int, seconds: int
) -> Callable[[Callable[Concatenate[FeedKey, P], Feed | None]], Callable[..., HttpResponse]]:
    """A feed's view: whatever does not open gets one and the same 404, without a cookie.

    A key may ask `most` times in so many seconds for each kind (`what`) of feed.
    """

    def decorate(
        find: Callable[Concatenate[FeedKey, P], Feed | None],
    ) -> Callable[..., HttpResponse]:
        @require_safe
        @wraps(find)
        def view(
            request: HttpRequest, key: str, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            opened = FeedKey.objects.opened_by(key)
            if opened is None:
                return _sealed(_nothing())
            if wait := wait_before(f"{what}:{opened.pk}", most=most, seconds=seconds):
                return _sealed(_later(wait))
            feed = find(opened, *args, **kwargs)
            if feed is None:
                return _sealed(_nothing())
            feed_keys.note_use(opened, timezone.now())
            return _sealed(_answer(request, feed), feed.cache_control)

        return view  # type: ignore[return-value]

    return decorate


def _answer(request: HttpRequest, feed: Feed) -> HttpResponseBase:
    etag = f'"{hashlib.sha256(feed.content).hexdigest()[:32]}"'
    modified = int(feed.updated.timestamp())
    response = HttpResponse(feed.content, content_type=feed.content_type)
    response["ETag"], response["Last-Modified"] = etag, http_date(modified)
    return get_conditional_response(request, etag, modified, response) or response


def _nothing() -> HttpResponse:
    return HttpResponse("There is no such feed.\n", status=404, content_type="text/plain")


def _later(seconds: int) -> HttpResponse:
    response = HttpResponse("Too many requests.\n", status=429, content_type="text/plain")
    response["Retry-After"] = str(seconds)
    return response


def _sealed(
    response: HttpResponseBase, cache_control: str = "private, no-cache"
) -> HttpResponseBase:
    """For the one who asked, and nothing for search engines or the next page's log."""
    response["Cache-Control"] = cache_control
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
