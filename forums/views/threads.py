from typing import Any

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cohort.access import MemberRequest, member_required, require
from cohort.form_fields import theme_tree
from forums import permissions, services
from forums.forms import ReplyForm, ThreadForm
from forums.models import Space, Thread
from forums.queries import ThreadPage, read_thread
from forums.views.written import html_written


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

    data = form.cleaned_data
    data["body"] = html_written(form, data["space"])
    del data["is_html"]
    thread = services.start_thread(author=request.membership, **data)
    return redirect(thread)


def _asked_space(request: MemberRequest) -> Space | None:
    asked = request.GET.get("space", "commons")
    spaces = Space.objects.visible_to(request.membership)
    return next((space for space in spaces if space.slug == asked), None)


def _creating(form: ThreadForm) -> dict[str, Any]:
    return {"form": form, "tree": theme_tree(form["themes"])}


@member_required
@require_safe
def thread_detail(request: MemberRequest, thread_pk: int) -> HttpResponse:
    thread = find_thread(request, thread_pk)
    page = _page(request, thread)
    if request.method == "GET" and not _is_prefetch(request):
        _note_reading(request, thread, page)
    return render_thread(request, thread, page, _reply_form(request, page))


def find_thread(request: MemberRequest, thread_pk: int) -> Thread:
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
    return read_page(request, thread, around=around, **places)


def read_page(request: MemberRequest, thread: Thread, **places: int | None) -> ThreadPage:
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


def render_thread(
    request: MemberRequest, thread: Thread, page: ThreadPage, form: ReplyForm, status: int = 200
) -> HttpResponse:
    member = request.membership
    # What was typed there by hand may be no number, nor one of this thread.
    parent = form.cleaned_data.get("parent", 1) if form.is_bound else form.initial["parent"]
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
