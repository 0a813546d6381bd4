"""Announcing a thread: who gets it and how, before it goes out."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cohort.access import MemberRequest, member_required
from forums import notices, services
from forums.views.states import find_steered


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def announcement_create(request: MemberRequest, thread_pk: int) -> HttpResponse:
    thread = find_steered(request, thread_pk)
    if request.method != "POST":
        context = {
            "thread": thread,
            "opening": thread.posts.get(number=1),
            "audience": notices.announcement_audience(thread),
        }
        return render(request, "forums/announcement_create.html", context)
    try:
        count = services.announce_thread(thread=thread, by=request.membership)
    except services.Refused as refused:
        messages.info(request, refused.reason)
    else:
        words = ngettext(
            "It is on its way to %(n)d person.", "It is on its way to %(n)d people.", count
        )
        messages.success(request, words % {"n": count})
    return redirect(thread)
