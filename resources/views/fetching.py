from django.shortcuts import get_object_or_404

from cohort.access import MemberRequest
from resources.models import Resource
from resources.queries.page import shown


def resource_of(request: MemberRequest, resource_pk: int) -> Resource:
    """The resource, where the member may see it. Raises Http404."""
    resources = Resource.objects.visible_to(request.membership).with_rows()
    return get_object_or_404(resources, pk=resource_pk)


def shown_resource(request: MemberRequest, resource_pk: int) -> Resource:
    """The same, with what its page shows beyond it."""
    resources = Resource.objects.visible_to(request.membership)
    return get_object_or_404(shown(resources, request.membership), pk=resource_pk)
