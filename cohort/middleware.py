"""What every answer needs: the reader's time zone, no shared cache for the signed-in, and fonts."""

from collections.abc import Callable
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from cohort import assets


class FontsMiddleware:
    """Pages name their fonts in a header, so that these come while the stylesheet is on its way.

    Answers with a policy of their own, such as a mail in a frame, have no fonts.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if is_page and not response.has_header("Content-Security-Policy"):
            self._name_fonts(response)
        return response

    def _name_fonts(self, response: HttpResponse) -> None:
        if fonts := _fonts.__wrapped__() if settings.DEBUG else _fonts():
            response["Link"] = fonts


@cache
def _fonts() -> str:
    """Preloads (RFC 8288); fonts are always fetched without credentials."""
    fonts = assets.FONTS if assets.has_fonts() else ()
    return ", ".join(
        f"<{static(font)}>; rel=preload; as=font; type=font/woff2; crossorigin" for font in fonts
    )


class ReaderMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            timezone.deactivate()
            return self.get_response(request)

        with timezone.override(ZoneInfo(request.user.time_zone)):
            response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response
