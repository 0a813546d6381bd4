"""Error pages in the product's look.

Django's own handlers for 400 and 404 read the request's body on the way (for the CSRF token); a
malformed one would turn the answer into a 500.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form whose protection ran out: says what happened and what to do."""
    return render(request, "403_csrf.html", status=403)
