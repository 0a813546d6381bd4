"""Free tags, which members make up as they write: put in order by facilitators."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohort.access import MemberRequest, facilitator_required, require
from cohort.models import Tag
from cohort.permissions import can_facilitate
from cohort.services import tags as services
from facilitation import queries
from facilitation.forms import TagFilter, TagForm, TagMergeForm


@facilitator_required
@require_safe
def tag_list(request: MemberRequest) -> HttpResponse:
    form = TagFilter(request.GET)
    found = queries.tags_with_counts(request.membership, form.chosen.get("q", ""))
    page = Paginator(found, queries.TAG_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "is_filtered": bool(form.chosen)}
    return render(request, "facilitation/tag_list.html", context)


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def tag_edit(request: MemberRequest, tag_pk: int) -> HttpResponse:
    """Rename it here; from here it is merged or removed as well."""
    tag = _tag(request, tag_pk)
    form = TagForm(request.POST if request.method == "POST" else None, initial={"name": tag.name})
    taken = None
    if request.method == "POST" and form.is_valid():
        try:
            services.rename_tag(tag=tag, name=form.cleaned_data["name"], by=request.membership)
        except services.TagTaken as refused:
            taken = refused.tag
            words = _("There is a tag “%(name)s” already. Merge the two instead.")
            form.add_error("name", words % {"name": taken.name})
        else:
            messages.success(request, _("The tag is renamed wherever it stands."))
            return redirect("facilitation:tag_list", request.cohort.slug)
    context: dict[str, Any] = {
        "tag": tag,
        "form": form,
        "merge_form": TagMergeForm(tag, initial={"target": taken}),
        "is_used": _is_used(tag),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "facilitation/tag_edit.html", context, status=status)


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def tag_merge(request: MemberRequest, tag_pk: int) -> HttpResponse:
    """By GET what would happen with `?target=`; by POST it happens."""
    tag = _tag(request, tag_pk)
    form = TagMergeForm(tag, request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        context = {
            "tag": tag,
            "form": TagForm(initial={"name": tag.name}),
            "merge_form": form,
            "is_used": _is_used(tag),
        }
        return render(request, "facilitation/tag_edit.html", context, status=422)
    target = form.cleaned_data["target"]
    if request.method != "POST":
        return render(request, "facilitation/tag_merge.html", {"tag": tag, "target": target})
    try:
        services.merge_tags(source=tag, target=target, by=request.membership)
    except Tag.DoesNotExist:
        messages.info(request, _("One of the two is gone meanwhile."))
    else:
        names = {"source": tag.name, "target": target.name}
        messages.success(request, _("“%(source)s” is “%(target)s” now.") % names)
    return redirect("facilitation:tag_list", request.cohort.slug)


@facilitator_required
@require_POST
def tag_removal(request: MemberRequest, tag_pk: int) -> HttpResponse:
    tag = _tag(request, tag_pk)
    try:
        services.remove_tag(tag=tag, by=request.membership)
    except services.TagInUse:
        messages.error(request, _("Something carries this tag by now; it stays."))
        return redirect("facilitation:tag_edit", request.cohort.slug, tag.pk)
    messages.success(request, _("“%(name)s” is gone.") % {"name": tag.name})
    return redirect("facilitation:tag_list", request.cohort.slug)


def _tag(request: MemberRequest, tag_pk: int) -> Tag:
    require(can_facilitate(request.membership))
    found = queries.tags_with_counts(request.membership)
    return get_object_or_404(found, pk=tag_pk)


def _is_used(tag: Any) -> bool:
    return bool(tag.thread_count or tag.resource_count)
