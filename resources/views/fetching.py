from django.shortcuts import get_object_or_404

from cohort.access import MemberRequest
from resources.models import Resource


def resource_of(request: MemberRequest, resource_pk: int) -> Resource:
    """The resource, where the member may see it. Raises Http404."""
    resources = Resource.objects.visible_to(request.membership).with_rows()
    return get_object_or_404(resources, pk=resource_pk)
