"""What a thread is: pinned, closed, answered. Each a noun, made and removed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from cohort.access import MemberRequest, member_required, require
from forums import permissions, services
from forums.models import Thread
from forums.views.posts import find_post
from forums.views.threads import find_thread


@member_required
@require_POST
def answer_create(request: MemberRequest, thread_pk: int, number: int) -> HttpResponse:
    post = find_post(request, thread_pk, number)
    require(permissions.can_mark_answer(request.membership, post.thread))
    try:
        services.mark_answer(thread=post.thread, post=post)
    except services.Refused as refused:
        messages.error(request, refused.reason)
    return redirect(post)


@member_required
@require_POST
def answer_removal(request: MemberRequest, thread_pk: int) -> HttpResponse:
    thread = find_thread(request, thread_pk)
    require(permissions.can_mark_answer(request.membership, thread))
    services.clear_answer(thread=thread)
    return redirect(thread)


@member_required
@require_POST
def pin_create(request: MemberRequest, thread_pk: int) -> HttpResponse:
    services.pin_thread(thread=_steered(request, thread_pk))
    return redirect("forums:thread_detail", request.cohort.slug, thread_pk)


@member_required
@require_POST
def pin_removal(request: MemberRequest, thread_pk: int) -> HttpResponse:
    services.unpin_thread(thread=_steered(request, thread_pk))
    return redirect("forums:thread_detail", request.cohort.slug, thread_pk)


@member_required
@require_POST
def closing_create(request: MemberRequest, thread_pk: int) -> HttpResponse:
    services.close_thread(thread=_steered(request, thread_pk))
    return redirect("forums:thread_detail", request.cohort.slug, thread_pk)


@member_required
@require_POST
def closing_removal(request: MemberRequest, thread_pk: int) -> HttpResponse:
    services.reopen_thread(thread=_steered(request, thread_pk))
    return redirect("forums:thread_detail", request.cohort.slug, thread_pk)


def _steered(request: MemberRequest, thread_pk: int) -> Thread:
    thread = get_object_or_404(Thread.objects.visible_to(request.membership), pk=thread_pk)
    require(permissions.can_steer(request.membership))
    return thread
