"""Files and links on their way into the library."""

import re
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohort.access import MemberRequest, member_required, require
from cohort.files import NotStored
from resources import services
from resources.form_fields import MOST_AT_ONCE
from resources.forms import ResourceForm
from resources.link_words import words_for
from resources.models import Resource
from resources.permissions import can_add
from resources.views.answering import about_the_same, asked_for, name_answers
from resources.views.resources import form_page, not_stored


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def resource_create(request: MemberRequest) -> HttpResponseBase:
    """A script that adds several files one by one asks for JSON."""
    require(can_add(request.membership))
    if request.method != "POST":
        asked = asked_for(request)
        initial = about_the_same(asked) if asked else {}
        return form_page(request, ResourceForm(member=request.membership, initial=initial))

    form = ResourceForm(_titled(request), request.FILES, member=request.membership)
    for_script = request.headers.get("Accept") == "application/json"
    if not form.is_valid():
        return _refused(form) if for_script else form_page(request, form)
    try:
        added = _add(request, form)
    except NotStored:
        return _away() if for_script else not_stored(request, form)
    asked = asked_for(request)
    thanks = name_answers(asked, added, request.membership) if asked else ""
    return _told(added[0]) if for_script else _shown(request, form, added, thanks)


def _titled(request: MemberRequest) -> QueryDict:
    """What was sent, with the words of a link's page where nothing was typed."""
    url = request.POST.get("url", "").strip()
    if not url or request.POST.get("title", "").strip() or request.FILES:
        return request.POST
    words = words_for(request.membership, url)
    data = request.POST.copy()
    data["title"] = words.title
    data["description"] = data.get("description", "").strip() or words.description
    return data


def _add(request: MemberRequest, form: ResourceForm) -> list[Resource]:
    said: dict[str, Any] = {**form.cleaned_data}
    files, member = said.pop("file"), request.membership
    if len(files) > 1:
        return services.add_files(added_by=member, files=files, **said)
    file = files[0] if files else None
    return [services.add_resource(added_by=member, file=file, **said)]


def _shown(
    request: MemberRequest, form: ResourceForm, added: list[Resource], thanks: str
) -> HttpResponse:
    for name, why in form.refused:
        messages.error(request, f"{name}: {why}")
    if thanks:
        messages.info(request, thanks)
    if len(added) == 1:
        messages.success(request, _("Added to the library."))
        return redirect(added[0])
    listed = reverse("resources:added_list", args=[request.cohort.slug])
    return redirect(f"{listed}?these={'-'.join(str(each.pk) for each in added)}")


def _told(resource: Resource) -> JsonResponse:
    edit = reverse("resources:resource_edit", args=[resource.cohort.slug, resource.pk])
    told = {"title": resource.title, "url": resource.get_absolute_url(), "edit": edit}
    return JsonResponse(told, status=201)


def _refused(form: ResourceForm) -> JsonResponse:
    errors = {name: [str(words) for words in each] for name, each in form.errors.items()}
    return JsonResponse({"errors": errors}, status=422)


def _away() -> JsonResponse:
    words = _("The place for files is full or does not answer. Please try again in a few minutes.")
    return JsonResponse({"error": words}, status=503)


@member_required
@require_safe
def added_list(request: MemberRequest) -> HttpResponse:
    """What one has just added at once, each to be edited."""
    pks = re.findall(r"\d{1,18}", request.GET.get("these", "")[:400], re.ASCII)[:MOST_AT_ONCE]
    mine = Resource.objects.visible_to(request.membership).filter(added_by=request.membership)
    context = {"added": mine.filter(pk__in=pks).with_rows().order_by("pk")}
    return render(request, "resources/added_list.html", context)


@member_required
@require_POST
def link_words(request: MemberRequest) -> JsonResponse:
    """What the page behind a link says of itself; it is asked for up to five seconds."""
    require(can_add(request.membership))
    words = words_for(request.membership, request.POST.get("url", "")[:1000])
    return JsonResponse({"title": words.title, "description": words.description})
