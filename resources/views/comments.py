from functools import partial

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from cohort.access import MemberRequest, member_required, require
from forums.views.embedded import post_comment
from resources import services
from resources.permissions import can_comment
from resources.views.fetching import shown_resource
from resources.views.resources import render_resource


@member_required
@require_POST
def comment_create(request: MemberRequest, resource_pk: int) -> HttpResponse:
    resource = shown_resource(request, resource_pk)
    require(can_comment(request.membership))
    return post_comment(
        request,
        space=services.discussion_space(resource),
        reference=resource.reference,
        publish=partial(services.comment_on, resource=resource, author=request.membership),
        url=resource.get_absolute_url(),
        again=lambda form: render_resource(request, resource, form, status=422),
    )
