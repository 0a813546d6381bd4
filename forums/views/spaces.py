"""The cohort's spaces, as facilitators arrange them."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohort.access import MemberRequest, facilitator_required, require
from forums import permissions, services
from forums.forms_steering import NewSpaceForm, SpaceForm
from forums.models import Space


@facilitator_required
@require_safe
def space_list(request: MemberRequest) -> HttpResponse:
    spaces = (
        Space.objects.visible_to(request.membership)
        .in_order()
        .select_related("team")
        .annotate(
            thread_count=Count("threads", filter=Q(threads__deleted_at=None)),
        )
    )
    return render(request, "forums/space_list.html", {"spaces": spaces})


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def space_create(request: MemberRequest) -> HttpResponse:
    require(permissions.can_steer(request.membership))
    form = NewSpaceForm(request.cohort, request.POST or None)
    if request.method == "POST" and form.is_valid():
        space = services.add_space(
            cohort=request.cohort, by=request.membership, **form.cleaned_data
        )
        messages.success(request, _("“%(name)s” is open.") % {"name": space.name})
        return redirect("forums:space_list", request.cohort.slug)
    status = 422 if request.method == "POST" else 200
    return render(request, "forums/space_create.html", {"form": form}, status=status)


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def space_edit(request: MemberRequest, space_slug: str) -> HttpResponse:
    space = _steered(request, space_slug)
    initial = {"name": space.name, "description": space.description}
    form = SpaceForm(request.cohort, request.POST or None, space=space, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.change_space(space=space, by=request.membership, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("forums:space_list", request.cohort.slug)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "space": space, "is_empty": not space.threads.exists()}
    return render(request, "forums/space_edit.html", context, status=status)


@facilitator_required
@require_POST
def space_shift(request: MemberRequest, space_slug: str) -> HttpResponse:
    """One place up or down in the order."""
    space = _steered(request, space_slug)
    services.shift_space(space=space, up=request.POST.get("to") == "up")
    return redirect("forums:space_list", request.cohort.slug)


@facilitator_required
@require_POST
def space_removal(request: MemberRequest, space_slug: str) -> HttpResponse:
    space = _steered(request, space_slug)
    try:
        services.remove_space(space=space, by=request.membership)
    except services.Refused as refused:
        messages.error(request, refused.reason)
        return redirect("forums:space_edit", request.cohort.slug, space.slug)
    messages.success(request, _("“%(name)s” is closed.") % {"name": space.name})
    return redirect("forums:space_list", request.cohort.slug)


def _steered(request: MemberRequest, space_slug: str) -> Space:
    require(permissions.can_steer(request.membership))
    return get_object_or_404(Space.objects.visible_to(request.membership), slug=space_slug)
