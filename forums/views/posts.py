from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cohort.access import MemberRequest, member_required, require
from forums import permissions, services
from forums.forms import EditForm, PostForm, ReplyForm
from forums.forms_polls import PollFields
from forums.models import Post, Thread
from forums.queries.drafts import draft_at, thread_pk_of_mailed
from forums.views.threads import find_thread, read_page, render_thread
from forums.views.written import html_written


@member_required
@require_POST
def post_create(request: MemberRequest, thread_pk: int) -> HttpResponse:
    threads = Thread.objects.reachable_by(request.membership).select_related("space")
    thread = get_object_or_404(threads, pk=thread_pk)
    thread.cohort = request.cohort
    require(request.membership.may_write)

    may_steer = permissions.can_steer(request.membership)
    form = ReplyForm(request.POST, request.FILES, may_steer=may_steer)
    poll = PollFields(request.POST)
    is_valid = form.is_valid() & poll.is_valid()
    body = html_written(form, thread.space, request.membership) if is_valid else None
    if body is None:
        return _reply_again(request, thread, form, poll)
    data = form.cleaned_data
    try:
        post = services.publish_reply(
            thread=thread,
            author=request.membership,
            body=body,
            # Looked for under the lock; one that never was is told like one that was removed.
            parent=Post(thread=thread, number=data["parent"]),
            form_key=data["form_key"],
            as_facilitator=data.get("as_facilitator", False),
            poll=poll.new_poll(),
        )
    except services.Refused as refused:
        return _refuse(request, thread, form, refused)
    services.drop_draft(member=request.membership, place=_place(request, thread))
    return redirect(post)


def _place(request: MemberRequest, thread: Thread) -> str:
    """Where what was posted had been kept: at the thread, or as an answer that came by mail."""
    place = request.POST.get("draft", "").replace("\0", "")
    return place if thread_pk_of_mailed(place) == thread.pk else f"thread:{thread.pk}"


def _reply_again(
    request: MemberRequest, thread: Thread, form: ReplyForm, poll: PollFields
) -> HttpResponse:
    """The page with what was typed, also where the thread was removed meanwhile."""
    if thread.deleted_at:
        gone = services.ThreadMerged() if thread.merged_into_id else services.ThreadGone()
        return _refuse(request, thread, form, gone)
    thread = find_thread(request, thread.pk)
    parent = form.cleaned_data.get("parent", 1)
    around = parent if 0 < parent <= thread.last_number else None
    page = read_page(request, thread, around=around)
    poll_fields = poll if poll.is_begun else None
    return render_thread(request, thread, page, form.again(), poll_fields, status=422)


def _refuse(
    request: MemberRequest, thread: Thread, form: PostForm, refused: services.Refused
) -> HttpResponse:
    """What became of it, and the text: to send elsewhere, or to keep."""
    context = {
        "thread": thread,
        "reason": refused.reason,
        "form": form.again(),
        "can_reply_to_thread": isinstance(refused, services.ParentGone),
    }
    return render(request, "forums/post_refused.html", context, status=409)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def post_edit(request: MemberRequest, thread_pk: int, number: int) -> HttpResponse:
    post = find_post(request, thread_pk, number)
    require(permissions.can_edit(request.membership, post))
    place = f"post:{post.pk}"
    if request.method != "POST":
        form = EditForm.of(post, draft=draft_at(request.membership, place))
        return render(request, "forums/post_edit.html", {"post": post, "form": form})

    form = EditForm(request.POST, request.FILES)
    space = post.thread.space
    body = html_written(form, space, request.membership) if form.is_valid() else None
    if body is None:
        return _edit_again(request, post, form, status=422)
    if form.leaves_as_it_is(post):
        body = post.body
    try:
        services.edit_post(post=post, body=body, version=form.cleaned_data["version"])
    except services.EditedMeanwhile:
        return _edit_beside(request, post, form)
    except services.Refused as refused:
        return _refuse(request, post.thread, form, refused)
    services.drop_draft(member=request.membership, place=place)
    return redirect(post)


def _edit_again(
    request: MemberRequest, post: Post, form: EditForm, status: int, **more: object
) -> HttpResponse:
    context = {"post": post, "form": form.again(), **more}
    return render(request, "forums/post_edit.html", context, status=status)


def _edit_beside(request: MemberRequest, post: Post, form: EditForm) -> HttpResponse:
    """Both texts: theirs to read, mine in the form, which now may go over theirs."""
    post.refresh_from_db()
    form.begin_again_with(post.version)
    return _edit_again(request, post, form, status=409, theirs=post.body)


def find_post(request: MemberRequest, thread_pk: int, number: int) -> Post:
    posts = Post.objects.visible_to(request.membership).select_related("thread__space")
    post = get_object_or_404(posts, thread_id=thread_pk, number=number)
    post.thread.cohort = request.cohort
    return post


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def post_removal(request: MemberRequest, thread_pk: int, number: int) -> HttpResponse:
    posts = Post.objects.reachable_by(request.membership).select_related("thread__space")
    post = get_object_or_404(posts, thread_id=thread_pk, number=number)
    post.thread.cohort = request.cohort
    require(permissions.can_remove(request.membership, post))
    if request.method != "POST":
        return render(request, "forums/post_removal.html", {"post": post})

    services.remove_post(post=post)
    messages.success(request, _("Your post was removed."))
    is_there = Thread.objects.visible_to(request.membership).filter(pk=thread_pk).exists()
    return redirect(post) if is_there else redirect("forums:thread_list", request.cohort.slug)
