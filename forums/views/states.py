"""What a thread is: pinned, closed, answered, on home. Each a noun, made and removed."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

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
        services.mark_answer(thread=post.thread, post=post, by=request.membership)
    except services.Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("Marked as the reply that helped."))
    return redirect(post)


@member_required
@require_POST
def answer_removal(request: MemberRequest, thread_pk: int) -> HttpResponse:
    thread = find_thread(request, thread_pk)
    require(permissions.can_mark_answer(request.membership, thread))
    services.clear_answer(thread=thread)
    messages.success(request, _("No reply is marked as the one that helped any more."))
    return redirect(thread)


@member_required
@require_POST
def pin_create(request: MemberRequest, thread_pk: int) -> HttpResponse:
    return _steer(
        request, thread_pk, services.pin_thread, _("It is pinned to the top of the list.")
    )


@member_required
@require_POST
def pin_removal(request: MemberRequest, thread_pk: int) -> HttpResponse:
    return _steer(request, thread_pk, services.unpin_thread, _("It is no longer pinned."))


@member_required
@require_POST
def closing_create(request: MemberRequest, thread_pk: int) -> HttpResponse:
    return _steer(
        request,
        thread_pk,
        services.close_thread,
        _("It is closed: everybody can still read it, nobody can reply."),
    )


@member_required
@require_POST
def closing_removal(request: MemberRequest, thread_pk: int) -> HttpResponse:
    return _steer(request, thread_pk, services.reopen_thread, _("It is open for replies again."))


@member_required
@require_POST
def feature_create(request: MemberRequest, thread_pk: int) -> HttpResponse:
    words = _("It is shown on the home of everybody who may read it.")
    return _steer(request, thread_pk, services.feature_thread, words)


@member_required
@require_POST
def feature_removal(request: MemberRequest, thread_pk: int) -> HttpResponse:
    words = _("It is no longer shown on home.")
    return _steer(request, thread_pk, services.unfeature_thread, words)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def answers_first_create(request: MemberRequest, thread_pk: int) -> HttpResponse:
    """Closes what people may be reading just now, so it asks first."""
    if request.method != "POST":
        thread = find_steered(request, thread_pk)
        return render(request, "forums/answers_first_create.html", {"thread": thread})
    words = _("Others’ replies stay closed until one has written one’s own.")
    return _steer(request, thread_pk, services.ask_answers_first, words)


@member_required
@require_POST
def answers_first_removal(request: MemberRequest, thread_pk: int) -> HttpResponse:
    words = _("Everybody who may read it reads the replies again.")
    return _steer(request, thread_pk, services.open_answers, words)


def find_steered(request: MemberRequest, thread_pk: int) -> Thread:
    """A visible thread, for whoever may steer it."""
    threads = Thread.objects.visible_to(request.membership).select_related("space")
    thread = get_object_or_404(threads, pk=thread_pk)
    require(permissions.can_steer(request.membership))
    thread.cohort = thread.space.cohort = request.cohort
    return thread


def _steer(
    request: MemberRequest, thread_pk: int, do: Callable[..., None], words: str = ""
) -> HttpResponse:
    thread = find_steered(request, thread_pk)
    do(thread=thread, by=request.membership)
    if words:
        messages.success(request, words)
    return redirect(thread)
