"""An older file or text of a resource, brought back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cohort.access import MemberRequest, member_required, require
from cohort.files import FileRefused, NotFetched, NotStored
from resources import services
from resources.permissions import can_edit
from resources.views.fetching import resource_of


@member_required
@require_POST
def version_restoring(request: MemberRequest, resource_pk: int, number: int) -> HttpResponse:
    resource = resource_of(request, resource_pk)
    require(can_edit(request.membership, resource))
    version = get_object_or_404(resource.versions, number=number)
    try:
        services.restore_version(resource=resource, version=version, by=request.membership)
    except FileRefused as refused:
        messages.error(request, refused.args[0])
    except services.EnoughVersions as refused:
        messages.error(request, refused.reason)
    except (NotFetched, NotStored):
        messages.error(
            request,
            _(
                "We could not read the old file or keep it anew, so nothing was changed. Please "
                "try again in a few minutes; if that does not help, tell whoever runs this site."
            ),
        )
    else:
        _say(request, number)
    return redirect(resource)


@member_required
@require_POST
def page_restoring(request: MemberRequest, resource_pk: int, number: int) -> HttpResponse:
    resource = resource_of(request, resource_pk)
    require(can_edit(request.membership, resource))
    page = get_object_or_404(resource.pages, number=number)
    try:
        services.restore_page(resource=resource, page=page, by=request.membership)
    except services.WrittenMeanwhile:
        messages.error(
            request,
            _("Somebody saved this page just now, so nothing was changed. Read it first."),
        )
    else:
        _say(request, number)
    return redirect(resource)


def _say(request: MemberRequest, number: int) -> None:
    words = _("Version %(number)s is back, as the newest one. Nothing was thrown away.")
    messages.success(request, words % {"number": number})
