"""Flagged posts: members flag them, facilitators decide."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohort.access import MemberRequest, facilitator_required, member_required, require
from forums import permissions, services
from forums.forms_steering import DecisionForm, FlagForm, QuestionForm
from forums.models import Flag, Post
from forums.moderation_mail import flags_group
from forums.queries import flags
from forums.views.posts import find_post
from notifications import seeing


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def flag_create(request: MemberRequest, thread_pk: int, number: int) -> HttpResponse:
    post = find_post(request, thread_pk, number)
    require(permissions.can_flag(request.membership, post))
    if not post.stands:
        messages.info(request, services.PostGone.reason)
        return redirect(post)
    form = FlagForm(request.POST or None)
    context = {"post": post, "form": form, "flag": _waiting(request, post)}
    if request.method != "POST":
        return render(request, "forums/flag_create.html", context)
    if not form.is_valid():
        return render(request, "forums/flag_create.html", context, status=422)
    try:
        services.flag_post(post=post, by=request.membership, **form.cleaned_data)
    except services.Refused as refused:
        messages.info(request, refused.reason)
    else:
        messages.success(
            request, _("Thank you. The facilitators look at it, and you hear what came of it.")
        )
    return redirect(post)


def _waiting(request: MemberRequest, post: Post) -> Flag | None:
    return post.flags.waiting().filter(flagged_by=request.membership).first()


@facilitator_required
@require_safe
def flag_list(request: MemberRequest) -> HttpResponse:
    if request.method == "GET":
        seeing.saw(request, flags_group(request.cohort.pk))
    return _queue(request)


def _queue(
    request: MemberRequest,
    post: Post | None = None,
    form: DecisionForm | None = None,
    refused: services.Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    """What waits; with the form of one post as it came back, or why it came too late."""
    page, cases = flags.cases(request.membership, request.GET.get("page"))
    for case in cases:
        is_this = form is not None and post is not None and case.post.pk == post.pk
        case.form = form if is_this and not refused else DecisionForm(initial={"seen": case.seen})
        case.form.auto_id = f"id_{case.post.pk}_%s"
    context = {
        "page": page,
        "cases": cases,
        "refused": refused,
        "unsent": form["words"].value() if form and refused else "",
        "may_decide": permissions.can_steer(request.membership),
        "tab": "waiting",
    }
    return render(request, "forums/flag_list.html", context, status=status)


@facilitator_required
@require_safe
def decision_list(request: MemberRequest) -> HttpResponse:
    page, found = flags.decisions(request.membership, request.GET.get("page"))
    context = {
        "page": page,
        "decisions": found,
        "may_decide": permissions.can_steer(request.membership),
        "tab": "decided",
    }
    return render(request, "forums/decision_list.html", context)


@member_required
@require_POST
def keeping_create(request: MemberRequest, thread_pk: int, number: int) -> HttpResponse:
    post = _steered(request, thread_pk, number)
    said = _("The post stays.")
    return _decide(request, post, DecisionForm(request.POST), services.keep_post, said)


@member_required
@require_POST
def question_create(request: MemberRequest, thread_pk: int, number: int) -> HttpResponse:
    post = _steered(request, thread_pk, number)
    said = _("The author is asked by mail, and sees your words at the post.")
    return _decide(request, post, QuestionForm(request.POST), services.ask_author, said)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def hiding_create(request: MemberRequest, thread_pk: int, number: int) -> HttpResponse:
    """From the queue, with the flags it saw; or from a page of its own, with none."""
    post = _steered(request, thread_pk, number)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and request.POST.get("seen"):
        return _decide(request, post, form, services.hide_post, _("The post is hidden."))
    return _on_own_page(request, post, form, services.hide_post, _("The post is hidden."), "hiding")


@member_required
@require_POST
def hiding_removal(request: MemberRequest, thread_pk: int, number: int) -> HttpResponse:
    post = _steered(request, thread_pk, number)
    try:
        services.show_post(post=post, by=request.membership)
    except services.Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("The post is back, and its author is told."))
    return redirect(post)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def takedown_create(request: MemberRequest, thread_pk: int, number: int) -> HttpResponse:
    post = _steered(request, thread_pk, number)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    said = _("The post is gone for good.")
    return _on_own_page(request, post, form, services.take_down, said, "takedown")


def _steered(request: MemberRequest, thread_pk: int, number: int) -> Post:
    post = find_post(request, thread_pk, number)
    require(permissions.can_steer(request.membership))
    return post


def _decide(
    request: MemberRequest, post: Post, form: DecisionForm, do: Callable[..., None], said: str
) -> HttpResponse:
    """A decision from the queue."""
    if not form.is_valid():
        return _queue(request, post, form, status=422)
    try:
        do(post=post, by=request.membership, **form.cleaned_data)
    except services.Refused as refused:
        return _queue(request, post, form, refused, status=409)
    messages.success(request, said)
    return redirect("forums:flag_list", request.cohort.slug)


def _on_own_page(
    request: MemberRequest,
    post: Post,
    form: DecisionForm,
    do: Callable[..., None],
    said: str,
    noun: str,
) -> HttpResponse:
    """A decision that a facilitator makes at the post itself."""
    context: dict[str, Any] = {"post": post, "form": form, "thread": post.thread}
    if request.method == "POST" and form.is_valid():
        try:
            do(post=post, by=request.membership, words=form.cleaned_data["words"])
        except services.Refused as refused:
            messages.info(request, refused.reason)
        else:
            messages.success(request, said)
        post.thread.refresh_from_db(fields=["deleted_at"])
        if post.thread.deleted_at:
            return redirect("forums:thread_list", request.cohort.slug)
        return redirect(post)
    status = 422 if request.method == "POST" else 200
    return render(request, f"forums/{noun}_create.html", context, status=status)
