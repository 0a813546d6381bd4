"""Threads to other spaces, posts to other threads."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cohort.access import MemberRequest, member_required
from cohort.form_fields import theme_tree
from forums import services
from forums.forms_steering import MoveForm, SplitForm
from forums.models import Space, Thread
from forums.queries import steering
from forums.queries.moved import merged_into
from forums.views.states import find_steered


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def thread_move(request: MemberRequest, thread_pk: int) -> HttpResponse:
    thread = find_steered(request, thread_pk)
    spaces = list(
        Space.objects.visible_to(request.membership).exclude(pk=thread.space_id).in_order()
    )
    form = MoveForm(request.POST or None, spaces=spaces)
    if request.method == "POST" and form.is_valid():
        try:
            services.move_thread(
                thread=thread, space=form.cleaned_data["space"], by=request.membership
            )
        except services.Refused as refused:
            messages.error(request, refused.reason)
        else:
            words = _("The discussion is in “%(space)s” now.")
            messages.success(request, words % {"space": form.cleaned_data["space"].name})
        return redirect(thread)
    changes = steering.changes_of_readers(thread, spaces)
    context = {
        "thread": thread,
        "form": form,
        "places": [(space, changes[space.pk]) for space in spaces],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "forums/thread_move.html", context, status=status)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def thread_split(request: MemberRequest, thread_pk: int, number: int = 0) -> HttpResponse:
    """With the number of a post, that one and all below it are ticked to begin with."""
    thread = find_steered(request, thread_pk)
    picks = steering.posts_to_pick(thread, number)
    numbers = {pick.number for pick in picks}
    if request.method != "POST":
        initial = {
            "posts": steering.with_answers(picks, number),
            "space": thread.space_id,
            "kind": thread.kind,
            "themes": list(thread.themes.values_list("pk", flat=True)),
        }
        form = SplitForm(request.membership, numbers=numbers, initial=initial)
        return _splitting(request, thread, form, picks)
    form = SplitForm(request.membership, request.POST, numbers=numbers)
    if form.is_valid():
        data = form.cleaned_data
        chosen = data.pop("posts")
        try:
            other = services.split_thread(
                thread=thread, numbers=chosen, by=request.membership, **data
            )
        except services.Refused as refused:
            form.add_error("posts", refused.reason)
        else:
            messages.success(request, _("These posts are a discussion of their own now."))
            return redirect(other)
    return _splitting(request, thread, form, picks, status=422)


def _splitting(
    request: MemberRequest,
    thread: Thread,
    form: SplitForm,
    picks: list[steering.Pick],
    status: int = 200,
) -> HttpResponse:
    ticked = {str(number) for number in form["posts"].value() or []}
    context = {
        "thread": thread,
        "form": form,
        "tree": theme_tree(form["themes"]),
        "picks": [(pick, str(pick.number) in ticked) for pick in picks],
        "is_cut": len(picks) == steering.MOST_POSTS,
    }
    return render(request, "forums/thread_split.html", context, status=status)


@member_required
@require_safe
def merge_list(request: MemberRequest, thread_pk: int) -> HttpResponse:
    """Which other thread shall become a part of this one."""
    thread = find_steered(request, thread_pk)
    words = request.GET.get("q", "").replace("\0", " ")[:140]
    context = {
        "thread": thread,
        "q": words,
        "threads": steering.threads_to_merge(request.membership, thread, words),
    }
    return render(request, "forums/merge_list.html", context)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def merge_create(request: MemberRequest, thread_pk: int, source_pk: int) -> HttpResponse:
    """What exactly happens; sending the form makes it happen."""
    thread = find_steered(request, thread_pk)
    if merged_into(request.membership, source_pk) == thread:
        messages.info(request, _("These two are one already; nothing was done twice."))
        return redirect(thread)
    others = Thread.objects.visible_to(request.membership).exclude(pk=thread.pk)
    source = get_object_or_404(others.select_related("space"), pk=source_pk)
    if request.method == "POST":
        return _merge(request, source, thread)
    change = steering.changes_of_readers(source, [thread.space])[thread.space_id]
    context: dict[str, Any] = {
        "thread": thread,
        "source": source,
        "change": change,
        "post_count": source.posts.count(),
        "is_answered": source.is_question
        and thread.is_question
        and source.answer_id
        and not thread.answer_id,
    }
    return render(request, "forums/merge_create.html", context)


def _merge(request: MemberRequest, source: Thread, thread: Thread) -> HttpResponse:
    try:
        services.merge_threads(source=source, target=thread, by=request.membership)
    except services.Refused as refused:
        messages.error(request, refused.reason)
        return redirect("forums:thread_list", request.cohort.slug)
    words = _("“%(title)s” is a part of this discussion now.") % {"title": source.title}
    messages.success(request, words)
    return redirect(thread)
