"""A mail's HTML in a frame of a page: it may be looked at, and no more."""

from django.http import HttpResponse

from notifications.registry import Mail

# Nothing of it runs or is fetched; its links open elsewhere.
SANDBOX = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:;"
    " style-src 'unsafe-inline'; frame-ancestors 'self'"
)
_DARK = "(prefers-color-scheme: dark)"
LOOKS = ("desktop", "phone", "dark", "text")


def in_frame(html: str) -> HttpResponse:
    """The answer for a frame; its view is `xframe_options_sameorigin`."""
    # The doctype comes first: without it a browser lays tables out as it did thirty years ago.
    return _sealed(HttpResponse(f'<!DOCTYPE html><base target="_blank">{html}'))


def looked_at(mail: Mail, look: str) -> HttpResponse:
    """One of `LOOKS` at a mail, whatever color scheme the person's own screen has."""
    if look == "text":
        return _sealed(HttpResponse(mail.text, content_type="text/plain; charset=utf-8"))
    return in_frame(mail.html.replace(_DARK, "all" if look == "dark" else "not all"))


def _sealed(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = SANDBOX
    response["Referrer-Policy"] = "no-referrer"
    return response
