from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohort.access import MemberRequest, member_required, require
from cohort.models import Theme
from forums import permissions, services
from forums.forms import PostForm, ReplyForm, ThreadForm
from forums.models import Post, Space, Thread
from forums.queries import Filters, ThreadPage, list_threads, read_thread
from forums.queries.lists import SHOWS, count_since_last_visit

# ---------------------------------------------------------------- lists


@member_required
@require_safe
def thread_list(request: MemberRequest) -> HttpResponse:
    member = request.membership
    spaces = list(Space.objects.visible_to(member).in_order())
    themes = list(Theme.objects.all())
    filters = _filters(request, spaces, themes)
    context = {
        "filters": filters,
        "spaces": spaces,
        "show_space": len(spaces) > 1 and filters.space is None,
        "themes": themes,
        "kinds": Thread.Kind.choices,
        "page": list_threads(member, filters, request.GET.get("older", "")),
        "since_count": count_since_last_visit(member),
        "may_start": member.may_write,
        "is_first_page": "older" not in request.GET,
    }
    return render(request, "forums/thread_list.html", context)


def _filters(request: MemberRequest, spaces: list[Space], themes: list[Theme]) -> Filters:
    """What the address asks for; anything it cannot mean is left out."""
    asked = request.GET
    show, kind = asked.get("show", ""), asked.get("kind", "")
    return Filters(
        space=next((space for space in spaces if space.slug == asked.get("space")), None),
        theme=next((theme for theme in themes if theme.slug == asked.get("theme")), None),
        kind=kind if kind in Thread.Kind.values else "",
        show=show if show in SHOWS else "all",
        sort="new" if asked.get("sort") == "new" else "activity",
    )


# ---------------------------------------------------------------- a thread


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def thread_create(request: MemberRequest) -> HttpResponse:
    require(request.membership.may_write)
    may_announce = permissions.can_announce(request.membership)
    if request.method != "POST":
        initial = {"space": _asked_space(request), "kind": request.GET.get("kind", "discussion")}
        form = ThreadForm(request.membership, may_announce=may_announce, initial=initial)
        return render(request, "forums/thread_create.html", _creating(form))

    form = ThreadForm(request.membership, request.POST, may_announce=may_announce)
    if not form.is_valid():
        return render(request, "forums/thread_create.html", _creating(form), status=422)

    thread = services.start_thread(author=request.membership, **form.cleaned_data)
    return redirect(thread)


def _asked_space(request: MemberRequest) -> Space | None:
    spaces = Space.objects.visible_to(request.membership)
    return spaces.filter(slug=request.GET.get("space", "commons")).first()


def _creating(form: ThreadForm) -> dict[str, Any]:
    """The form, and its themes as a tree that knows which are picked."""
    picked = {str(pk) for pk in form["themes"].value() or []}
    themes = list(Theme.objects.all())
    tree = [
        {
            "theme": top,
            "is_picked": str(top.pk) in picked,
            "lessons": [
                {"theme": lesson, "is_picked": str(lesson.pk) in picked}
                for lesson in themes
                if lesson.parent_id == top.pk
            ],
        }
        for top in themes
        if top.parent_id is None
    ]
    return {"form": form, "tree": tree}


@member_required
@require_safe
def thread_detail(request: MemberRequest, thread_pk: int) -> HttpResponse:
    thread = _thread(request, thread_pk)
    page = _page(request, thread)
    if request.method == "GET" and not _is_prefetch(request):
        _note_reading(request, thread, page)
    return _render_thread(request, thread, page, _reply_form(request, page))


def _thread(request: MemberRequest, thread_pk: int) -> Thread:
    """A visible thread with what its page shows, or 404."""
    threads = (
        Thread.objects.visible_to(request.membership)
        .with_reading(request.membership)
        .with_themes()
        .with_tags()
        .annotate(answer_number=F("answer__number"))
        .select_related("space")
    )
    thread = get_object_or_404(threads, pk=thread_pk)
    thread.cohort = request.cohort
    return thread


def _page(request: MemberRequest, thread: Thread) -> ThreadPage:
    places = {name: _number(request, thread, name) for name in ("after", "before")}
    around = _number(request, thread, "post") or _number(request, thread, "reply_to")
    return _read(request, thread, around=around, **places)


def _read(request: MemberRequest, thread: Thread, **places: int | None) -> ThreadPage:
    return read_thread(
        thread,
        request.membership,
        read_number=thread.read_number,
        may_mark_answer=permissions.can_mark_answer(request.membership, thread),
        **places,
    )


def _number(request: MemberRequest, thread: Thread, name: str) -> int | None:
    """A post's number from the address; None unless the thread has got that far."""
    text = request.GET.get(name, "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
    return number if 0 < number <= thread.last_number else None


def _is_prefetch(request: MemberRequest) -> bool:
    """A browser that loads a page ahead has shown it to nobody yet."""
    purpose = request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", "")
    return "prefetch" in purpose


def _note_reading(request: MemberRequest, thread: Thread, page: ThreadPage) -> None:
    """How far one has read changes nothing for anybody else, so that a GET may keep it.

    Only what this page shows counts as read. Observers leave no rows at all.
    """
    if request.membership.may_write and page.read_to > (thread.read_number or 0):
        services.note_reading(member=request.membership, thread=thread, number=page.read_to)


def _reply_form(request: MemberRequest, page: ThreadPage) -> ReplyForm:
    asked = request.GET.get("reply_to", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 9 else 1
    return ReplyForm(initial={"parent": number if number in page.numbers else 1})


def _render_thread(
    request: MemberRequest, thread: Thread, page: ThreadPage, form: ReplyForm, status: int = 200
) -> HttpResponse:
    member = request.membership
    parent = int(form["parent"].value() or 1)
    context = {
        "thread": thread,
        "page": page,
        "form": form,
        "parent": parent if parent > 1 else 0,
        "parent_name": next((row.author.name for row in page.rows if row.number == parent), ""),
        "can_reply": permissions.can_reply(member, thread),
        "can_steer": permissions.can_steer(member),
        "can_mark_answer": permissions.can_mark_answer(member, thread),
    }
    return render(request, "forums/thread_detail.html", context, status=status)


# ---------------------------------------------------------------- posts


@member_required
@require_POST
def post_create(request: MemberRequest, thread_pk: int) -> HttpResponse:
    threads = Thread.objects.reachable_by(request.membership).select_related("space")
    thread = get_object_or_404(threads, pk=thread_pk)
    thread.cohort = request.cohort
    require(request.membership.may_write)

    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _reply_again(request, thread, form)
    data = form.cleaned_data
    try:
        post = services.publish_reply(
            thread=thread,
            author=request.membership,
            body=data["body"],
            parent=_parent(thread, data["parent"]),
            form_key=data["form_key"],
        )
    except services.Refused as refused:
        return _refuse(request, thread, form, refused)
    return redirect(post)


def _parent(thread: Thread, number: int) -> Post | None:
    """The post of that number. One that never was is told like one that was removed."""
    return thread.posts.filter(number=number).first() or Post(thread=thread, number=number)


def _reply_again(request: MemberRequest, thread: Thread, form: ReplyForm) -> HttpResponse:
    """The page with what was typed, also where the thread was removed meanwhile."""
    if thread.deleted_at:
        return _refuse(request, thread, form, services.ThreadGone())
    thread = _thread(request, thread.pk)
    parent = form.cleaned_data.get("parent", 1)
    around = parent if 0 < parent <= thread.last_number else None
    page = _read(request, thread, around=around)
    return _render_thread(request, thread, page, form, status=422)


def _refuse(
    request: MemberRequest, thread: Thread, form: PostForm, refused: services.Refused
) -> HttpResponse:
    """What became of it, and the text: to send elsewhere, or to keep."""
    context = {
        "thread": thread,
        "reason": refused.reason,
        "text": form["body"].value() or "",
        "form_key": getattr(form, "cleaned_data", {}).get("form_key"),
        "can_reply_to_thread": isinstance(refused, services.ParentGone),
    }
    return render(request, "forums/post_refused.html", context, status=409)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def post_edit(request: MemberRequest, thread_pk: int, number: int) -> HttpResponse:
    post = _post(request, thread_pk, number)
    require(permissions.can_edit(request.membership, post))
    if request.method != "POST":
        form = PostForm(initial={"body": post.body_text})
        return render(request, "forums/post_edit.html", {"post": post, "form": form})

    form = PostForm(request.POST)
    if not form.is_valid():
        return render(request, "forums/post_edit.html", {"post": post, "form": form}, status=422)
    try:
        services.edit_post(post=post, body=form.cleaned_data["body"])
    except services.Refused as refused:
        return _refuse(request, post.thread, form, refused)
    return redirect(post)


def _post(request: MemberRequest, thread_pk: int, number: int) -> Post:
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


# ---------------------------------------------------------------- states, each a noun


@member_required
@require_POST
def answer_create(request: MemberRequest, thread_pk: int, number: int) -> HttpResponse:
    post = _post(request, thread_pk, number)
    require(permissions.can_mark_answer(request.membership, post.thread))
    try:
        services.mark_answer(thread=post.thread, post=post)
    except services.Refused as refused:
        messages.error(request, refused.reason)
    return redirect(post)


@member_required
@require_POST
def answer_removal(request: MemberRequest, thread_pk: int) -> HttpResponse:
    thread = _thread(request, thread_pk)
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
