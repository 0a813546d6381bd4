from django.shortcuts import get_object_or_404

from cohort.access import MemberRequest
from resources.models import Collection, RequestQuerySet, Resource, ResourceRequest
from resources.queries.page import shown


def resource_of(request: MemberRequest, resource_pk: int) -> Resource:
    """The resource, where the member may see it. Raises Http404."""
    resources = Resource.objects.visible_to(request.membership).with_rows()
    return get_object_or_404(resources, pk=resource_pk)


def file_of(request: MemberRequest, resource_pk: int) -> Resource:
    """The resource with the file its address gives, and nothing that a page would show of it."""
    resources = Resource.objects.visible_to(request.membership).select_related("current_version")
    return get_object_or_404(resources, pk=resource_pk)


def shown_resource(request: MemberRequest, resource_pk: int) -> Resource:
    """The same, with what its page shows beyond it."""
    resources = Resource.objects.visible_to(request.membership)
    return get_object_or_404(shown(resources, request.membership), pk=resource_pk)


def requests_seen(request: MemberRequest) -> RequestQuerySet:
    """What is asked for in the member's sight, with who asked."""
    seen = ResourceRequest.objects.visible_to(request.membership)
    return seen.select_related("cohort", "asked_by__user", "asked_by__team")


def request_of(request: MemberRequest, request_pk: int) -> ResourceRequest:
    """The request, where the member may see it. Raises Http404."""
    return get_object_or_404(requests_seen(request).prefetch_related("themes"), pk=request_pk)


def collection_of(request: MemberRequest, collection_pk: int) -> Collection:
    """The list, where the member may see it. Raises Http404."""
    collections = Collection.objects.visible_to(request.membership)
    collections = collections.select_related("cohort", "team", "owner__user")
    return get_object_or_404(collections, pk=collection_pk)
