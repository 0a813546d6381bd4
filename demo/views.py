"""The demo's mailbox: what the product would have sent, readable by whoever tries it out."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from demo import answering
from demo.models import Message
from notifications.mail_frame import in_frame

PER_PAGE = 40
MOST_WORDS = 20_000


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    return _render(request, None)


@require_safe
def message_detail(request: HttpRequest, message_pk: int) -> HttpResponse:
    return _render(request, get_object_or_404(Message, pk=message_pk))


@require_POST
def answer_create(request: HttpRequest, message_pk: int) -> HttpResponse:
    """Answer a mail as its reader would, by the demo's own mail server."""
    message = get_object_or_404(Message, pk=message_pk)
    words = request.POST.get("words", "")[:MOST_WORDS].replace("\0", "")
    if words.strip() and answering.answer(message, words):
        messages.success(request, _("Sent. In a moment it stands in the discussion."))
    else:
        messages.error(request, _("Write something first."))
    return redirect(message)


@require_safe
@xframe_options_sameorigin
def message_html(request: HttpRequest, message_pk: int) -> HttpResponse:
    """The HTML part alone, for the frame; no script of it runs and nothing of it is fetched."""
    message = get_object_or_404(Message, pk=message_pk)
    return in_frame(message.html)


@require_safe
def message_source(request: HttpRequest, message_pk: int) -> HttpResponse:
    message = get_object_or_404(Message, pk=message_pk)
    return HttpResponse(bytes(message.raw), content_type="text/plain; charset=utf-8")


@require_safe
def attachment_download(request: HttpRequest, message_pk: int, number: int) -> HttpResponse:
    attachments = get_object_or_404(Message, pk=message_pk).attachments
    if not 0 < number <= len(attachments):
        raise Http404
    attachment = attachments[number - 1]
    response = HttpResponse(attachment.content, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, attachment.name)
    return response


def _render(request: HttpRequest, message: Message | None) -> HttpResponse:
    to = request.GET.get("to", "").strip()
    mails = Message.objects.defer("raw")
    if to:
        mails = mails.to(to)
    context = {
        "message": message,
        "answer_to": answering.address_of(message) if message else "",
        "page": Paginator(mails, PER_PAGE).get_page(request.GET.get("page")),
        "to": to,
        "known": Message.objects.exists(),
    }
    return render(request, "demo/mailbox.html", context)
