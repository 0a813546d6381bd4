from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cohort.access import MemberRequest, member_required, require
from resources import services
from resources.permissions import can_feature, can_mark_helpful
from resources.views.fetching import resource_of


@member_required
@require_POST
def helpful_create(request: MemberRequest, resource_pk: int) -> HttpResponse:
    resource = resource_of(request, resource_pk)
    require(can_mark_helpful(request.membership, resource))
    services.mark_helpful(resource=resource, member=request.membership)
    return redirect(resource)


@member_required
@require_POST
def helpful_removal(request: MemberRequest, resource_pk: int) -> HttpResponse:
    resource = resource_of(request, resource_pk)
    require(can_mark_helpful(request.membership, resource))
    services.unmark_helpful(resource=resource, member=request.membership)
    return redirect(resource)


@member_required
@require_POST
def feature_create(request: MemberRequest, resource_pk: int) -> HttpResponse:
    words = _("It stands on top of the library.")
    return _feature(request, resource_pk, services.feature_resource, words)


@member_required
@require_POST
def feature_removal(request: MemberRequest, resource_pk: int) -> HttpResponse:
    words = _("It no longer stands on top of the library.")
    return _feature(request, resource_pk, services.unfeature_resource, words)


def _feature(
    request: MemberRequest, resource_pk: int, do: Callable[..., None], words: str
) -> HttpResponse:
    resource = resource_of(request, resource_pk)
    require(can_feature(request.membership))
    do(resource=resource, by=request.membership)
    messages.success(request, words)
    return redirect(resource)
