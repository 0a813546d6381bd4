"""The bytes of the library, each behind the same check as its resource's page."""

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cohort.access import MemberRequest, member_required
from cohort.files import private_answer
from resources import services
from resources.models import FileVersion, PagePicture
from resources.views.fetching import file_of


@member_required
@require_safe
def resource_download(request: MemberRequest, resource_pk: int) -> HttpResponseBase:
    """What the address gives now."""
    resource = file_of(request, resource_pk)
    if resource.current_version is None:
        raise Http404
    answer = _whole(request, resource.current_version)
    if _begins_a_download(request, answer):
        services.count_download(resource)
    return answer


@member_required
@require_safe
def version_download(request: MemberRequest, resource_pk: int, number: int) -> HttpResponseBase:
    resource = file_of(request, resource_pk)
    return _whole(request, get_object_or_404(resource.versions, number=number))


@member_required
@require_safe
def page_picture(
    request: MemberRequest, resource_pk: int, number: int, page: int
) -> HttpResponseBase:
    """A drawn page. The browser may keep it; whether one still may see it is asked each time."""
    resource = file_of(request, resource_pk)
    picture = get_object_or_404(
        PagePicture, contents__version__resource=resource, contents__version__number=number,
        number=page,
    )  # fmt: skip
    if request.headers.get("If-None-Match") == f'"{picture.sha256}"':
        answer: HttpResponseBase = HttpResponseNotModified()
    else:
        answer = private_answer(
            request,
            picture.file,
            name=f"page-{page}.webp",
            content_type="image/webp",
            etag=picture.sha256,
            inline=True,
        )
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _whole(request: HttpRequest, version: FileVersion) -> HttpResponseBase:
    return private_answer(
        request,
        version.file,
        name=version.name,
        content_type=version.content_type,
        etag=version.sha256,
    )


def _begins_a_download(request: HttpRequest, answer: HttpResponseBase) -> bool:
    """Not a look at the headers, nor the rest of a download that was interrupted."""
    part = answer.headers.get("Content-Range", "bytes 0-").startswith("bytes 0-")
    return request.method == "GET" and answer.status_code < 400 and part
