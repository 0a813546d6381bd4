from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cohort.access import MemberRequest, member_required, require
from cohort.files import NotStored, size_in_words
from forums.forms import ReplyForm
from forums.views.embedded import comments_on
from resources import services
from resources.accessibility import hints_for
from resources.form_fields import MOST_AT_ONCE
from resources.forms import ResourceForm
from resources.forms_shelf import ShelfFilters
from resources.models import Resource
from resources.permissions import (
    can_add,
    can_ask,
    can_edit,
    can_feature,
    can_keep_lists,
    can_mark_helpful,
    can_try,
)
from resources.queries import (
    dead_link_of,
    pages_of,
    places_of,
    preview_of,
    shelf,
    total,
    versions_of,
)
from resources.queries.collections import on_top
from resources.queries.requests import open_requests
from resources.queries.trials import trials_of
from resources.views.answering import asked_for
from resources.views.fetching import resource_of, shown_resource
from resources.views.pages import edit_page


@member_required
@require_safe
def resource_list(request: MemberRequest) -> HttpResponse:
    filters = ShelfFilters(request.GET, request.membership)
    chosen = filters.chosen
    page = shelf(
        request.membership,
        chosen,
        query=chosen.get("q", ""),
        sort=chosen.get("sort", ""),
        before=request.GET.get("before", ""),
    )
    facets, more_facets = filters.facets(page.counts)
    is_opened = not chosen and "before" not in request.GET
    context = {
        "filters": filters,
        "narrowing": filters.narrowing,
        "facets": facets,
        "more_facets": more_facets,
        "shelf": page,
        "total": total(page.counts, chosen),
        "chosen": chosen,
        "may_add": can_add(request.membership),
        "may_ask": can_ask(request.membership),
        "lists": on_top(request.membership) if is_opened else [],
        "open_requests": open_requests(request.membership) if is_opened else 0,
    }
    return render(request, "resources/resource_list.html", context)


@member_required
@require_safe
def resource_detail(request: MemberRequest, resource_pk: int) -> HttpResponse:
    return render_resource(request, shown_resource(request, resource_pk))


def render_resource(
    request: MemberRequest, resource: Resource, form: ReplyForm | None = None, *, status: int = 200
) -> HttpResponse:
    """Its page, with a comment that was refused or without."""
    member, version = request.membership, resource.current_version
    post_to = reverse("resources:comment_create", args=[request.cohort.slug, resource.pk])
    preview = preview_of(resource) if version else None
    may_edit = can_edit(member, resource)
    player = resource.player
    context = {
        "resource": resource,
        "version": version,
        "preview": preview,
        "hints": hints_for(resource, preview.findings if preview else []),
        "versions": versions_of(resource) if version and version.number > 1 else [],
        "pages": pages_of(resource) if resource.is_page else [],
        "player": player,
        "places": places_of(resource, member),
        "trials": trials_of(resource, member),
        "may_try": can_try(member),
        "may_keep": can_keep_lists(member),
        "may_edit": may_edit,
        "dead_link": dead_link_of(resource) if may_edit else None,
        "may_mark": can_mark_helpful(member, resource),
        "may_feature": can_feature(member),
        **comments_on(request, resource, resource.reference, post_to, form),
    }
    answer = render(request, "resources/resource_detail.html", context, status=status)
    if player:
        vars(answer)["_csp_update"] = {"frame-src": [player.origin]}
    return answer


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def resource_edit(request: MemberRequest, resource_pk: int) -> HttpResponseBase:
    resource = resource_of(request, resource_pk)
    require(can_edit(request.membership, resource))
    if resource.is_page:
        return edit_page(request, resource)
    options: dict[str, Any] = {"member": request.membership, "resource": resource}
    if request.method != "POST":
        return form_page(request, ResourceForm(**options))

    form = ResourceForm(request.POST, request.FILES, **options)
    if not form.is_valid():
        return form_page(request, form)
    said = form.cleaned_data
    said.pop("form_key")
    file, note = said.pop("file", None), said.pop("note", "")
    try:
        if file:
            services.add_version(
                resource=resource, added_by=request.membership, file=file, note=note
            )
    except services.EnoughVersions as refused:
        form.add_error("file", refused.reason)
        return form_page(request, form)
    except NotStored:
        return not_stored(request, form)
    services.edit_resource(resource=resource, editor=request.membership, **said)
    messages.success(request, _("Saved."))
    return redirect(resource)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def resource_remove(request: MemberRequest, resource_pk: int) -> HttpResponseBase:
    resource = resource_of(request, resource_pk)
    require(can_edit(request.membership, resource))
    if request.method != "POST":
        return render(request, "resources/resource_remove.html", {"resource": resource})
    services.remove_resource(resource=resource, actor=request.membership)
    messages.success(request, _("Removed from the library."))
    return redirect("resources:resource_list", request.cohort.slug)


def form_page(request: MemberRequest, form: ResourceForm) -> HttpResponse:
    context = {
        "form": form,
        "resource": form.resource,
        "asked": None if form.resource else asked_for(request),
        "max_bytes": settings.UPLOAD_MAX_BYTES,
        "max_size": size_in_words(settings.UPLOAD_MAX_BYTES),
        "most_files": MOST_AT_ONCE,
    }
    return render(
        request, "resources/resource_form.html", context, status=422 if form.errors else 200
    )


def not_stored(request: MemberRequest, form: ResourceForm) -> HttpResponse:
    form.add_error(
        None,
        _(
            "We could not keep your file: the place for files is full or does not answer. Nothing "
            "was changed, and the people who run this site will find it in their log. What you "
            "wrote is below; please choose the file again and try once more in a few minutes."
        ),
    )
    return form_page(request, form)
