from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form whose protection ran out: says what happened and what to do."""
    return render(request, "403_csrf.html", status=403)
