"""Resources that are written here."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cohort.access import MemberRequest, member_required, require
from forums.queries.drafts import draft_at
from forums.services import drop_draft
from resources import services
from resources.forms_pages import PageForm
from resources.models import Resource
from resources.page_drafts import place_of
from resources.permissions import can_add, can_edit
from resources.views.answering import about_the_same, asked_for, name_answers
from resources.views.fetching import resource_of

# Of a PageForm, what is not said of a resource but is its page.
WRITTEN = ("body", "is_html", "version")


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def page_create(request: MemberRequest) -> HttpResponseBase:
    require(can_add(request.membership))
    if request.method != "POST":
        return _form_page(request, _begun(request, None))
    form = PageForm(request.POST, member=request.membership)
    if not form.is_valid():
        return _form_page(request, form.again(), status=422)
    resource = services.add_resource(added_by=request.membership, page=form.html, **_said(form))
    drop_draft(member=request.membership, place=place_of(None))
    if asked := asked_for(request):
        messages.info(request, name_answers(asked, [resource], request.membership))
    messages.success(request, _("Added to the library."))
    return redirect(resource)


def edit_page(request: MemberRequest, resource: Resource) -> HttpResponseBase:
    """For whoever may edit it; what somebody else saved meanwhile is shown, never overwritten."""
    if request.method != "POST":
        return _form_page(request, _begun(request, resource))
    form = PageForm(request.POST, member=request.membership, resource=resource)
    if not form.is_valid():
        return _form_page(request, form.again(), status=422)
    said = _said(form)
    said.pop("form_key")
    try:
        services.edit_page(
            resource=resource,
            editor=request.membership,
            html=form.html_over(resource),
            version=form.cleaned_data["version"],
            **said,
        )
    except services.WrittenMeanwhile:
        return _beside(request, resource, form)
    drop_draft(member=request.membership, place=place_of(resource))
    messages.success(request, _("Saved."))
    return redirect(resource)


def _begun(request: MemberRequest, resource: Resource | None) -> PageForm:
    """With what the member began to write there before."""
    asked = None if resource else asked_for(request)
    options: dict[str, Any] = {"initial": about_the_same(asked)} if asked else {}
    draft = draft_at(request.membership, place_of(resource))
    return PageForm(member=request.membership, resource=resource, draft=draft, **options)


def _said(form: PageForm) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if name not in WRITTEN}


def _beside(request: MemberRequest, resource: Resource, form: PageForm) -> HttpResponse:
    """Both texts: theirs to read, mine in the form, which now may go over theirs."""
    resource.refresh_from_db()
    theirs = resource.current_page
    form.begin_again_with(theirs.number if theirs else 0)
    return _form_page(request, form.again(), status=409, theirs=theirs)


def _form_page(
    request: MemberRequest, form: PageForm, *, status: int = 200, **more: object
) -> HttpResponse:
    asked = None if form.resource else asked_for(request)
    place = place_of(form.resource)
    context = {"form": form, "resource": form.resource, "asked": asked, "place": place, **more}
    return render(request, "resources/page_form.html", context, status=status)


@member_required
@require_safe
def written_page(request: MemberRequest, resource_pk: int, number: int) -> HttpResponse:
    """One state of a page, as it was."""
    resource = resource_of(request, resource_pk)
    pages = resource.pages.select_related("written_by__user")
    context = {
        "resource": resource,
        "page": get_object_or_404(pages, number=number),
        "may_edit": can_edit(request.membership, resource),
    }
    return render(request, "resources/written_page.html", context)
