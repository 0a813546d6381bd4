from uuid import UUID

from django.http import HttpResponseBase, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohort.access import MemberRequest, member_required, require
from cohort.files import FileRefused, NotStored, check_upload, private_answer, size_in_words
from forums import services
from forums.models import Attachment


@member_required
@require_POST
def attachment_create(request: MemberRequest) -> HttpResponseBase:
    """One file for the editor, which puts it into the text."""
    require(request.membership.may_write)
    upload = request.FILES.get("file")
    if upload is None:
        return _refused(_("Choose a file."))
    try:
        kept = services.add_attachment(member=request.membership, checked=check_upload(upload))
    except FileRefused as refused:
        return _refused(str(refused.args[0]))
    except services.TooManyWaiting as refused:
        return _refused(str(refused.reason))
    except NotStored:
        return _refused(_("The file could not be kept just now. Please try again."), status=503)
    answer = {
        "url": kept.get_absolute_url(),
        "name": kept.name,
        "size": size_in_words(kept.size),
        "width": kept.width,
        "height": kept.height,
    }
    return JsonResponse(answer, status=201)


def _refused(words: str, status: int = 422) -> JsonResponse:
    return JsonResponse({"error": words}, status=status)


@member_required
@require_safe
def attachment(request: MemberRequest, attachment_pk: UUID) -> HttpResponseBase:
    found = get_object_or_404(Attachment.objects.visible_to(request.membership), pk=attachment_pk)
    if found.is_picture and request.headers.get("If-None-Match") == f'"{found.sha256}"':
        return _kept_by_browser(HttpResponseNotModified())
    answer = private_answer(
        request,
        found.file,
        name=found.name,
        content_type=found.content_type,
        etag=found.sha256,
        inline=found.is_picture,
    )
    return _kept_by_browser(answer) if found.is_picture else answer


def _kept_by_browser(answer: HttpResponseBase) -> HttpResponseBase:
    """A thread's pictures are not sent anew each time; whether one still may see them is asked."""
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
