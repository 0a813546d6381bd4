"""For the editor: whom one can name, and how many would be told."""

from dataclasses import asdict

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from cohort.access import MemberRequest, member_required, require
from forums import services
from forums.forms import HTML_LIMIT
from forums.models import BODY_LIMIT, Space
from forums.queries.naming import names_like


@member_required
@require_safe
def editor(request: MemberRequest) -> HttpResponse:
    """The editor's buttons and words, fetched when one begins to write."""
    require(request.membership.may_write)
    return render(request, "forums/editor.html", {"most": BODY_LIMIT})


@member_required
@require_safe
def name_list(request: MemberRequest) -> HttpResponse:
    """People and teams among the readers of a space."""
    require(request.membership.may_write)
    space = _space(request, request.GET.get("space", ""))
    names = names_like(request.GET.get("q", "").replace("\0", "")[:80], space, request.membership)
    return JsonResponse({"names": [asdict(name) for name in names]})


@member_required
@require_POST
def name_count(request: MemberRequest) -> HttpResponse:
    """Whom a text in the editor would tell."""
    require(request.membership.may_write)
    space = _space(request, request.POST.get("space", ""))
    told = services.who_is_told(
        request.POST.get("body", "")[:HTML_LIMIT], space, request.membership
    )
    return JsonResponse({"count": told.count, "words": told.words, "is_many": told.is_many})


def _space(request: MemberRequest, asked: str) -> Space:
    """A space by its number, as the form of a new thread has it."""
    spaces = Space.objects.visible_to(request.membership).select_related("cohort")
    pk = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 18 else 0
    return get_object_or_404(spaces, pk=pk)
