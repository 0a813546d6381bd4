from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cohort.access import MemberRequest, member_required, require
from cohort.form_fields import theme_tree
from cohort.models import Membership
from cohort.references import thing_of
from forums import permissions, services
from forums.forms import ReplyForm, ThreadForm
from forums.forms_polls import PollFields
from forums.models import Draft, Space, Thread
from forums.notices import group_of
from forums.queries import ThreadPage, read_thread
from forums.queries.drafts import draft_at, draft_of, place_of_new
from forums.queries.following import level_of
from forums.queries.moved import merged_into, new_place_of
from forums.queries.opening import opened_by
from forums.queries.quoting import quoted
from forums.views.written import html_written
from notifications import seeing


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def thread_create(request: MemberRequest) -> HttpResponse:
    require(request.membership.may_write)
    member = request.membership
    offers = {
        "may_announce": permissions.can_announce(member),
        "may_steer": permissions.can_steer(member),
    }
    if request.method != "POST":
        space = _asked_space(request)
        place = place_of_new(space)
        draft = draft_at(member, place)
        initial = {
            "space": space or _commons(member),
            "kind": request.GET.get("kind", "discussion"),
        }
        form = ThreadForm(member, initial=initial, draft=draft, **offers)
        poll = PollFields(initial=_poll_begun(draft))
        return render(request, "forums/thread_create.html", _creating(form, poll, place))

    place = _place_sent(request)
    form = ThreadForm(member, request.POST, request.FILES, **offers)
    poll = PollFields(request.POST)
    is_valid = form.is_valid() & poll.is_valid()
    body = html_written(form, form.cleaned_data["space"], member) if is_valid else None
    if body is None:
        context = _creating(form.again(), poll, place)
        return render(request, "forums/thread_create.html", context, status=422)
    thread = services.start_thread(
        author=member, body=body, poll=poll.new_poll(), **form.about_the_thread()
    )
    services.drop_draft(member=member, place=place)
    if thread.kind == Thread.Kind.ANNOUNCEMENT and not thread.announced_at:
        return redirect("forums:announcement_create", request.cohort.slug, thread.pk)
    return redirect(thread)


def _poll_begun(draft: Draft | None) -> dict[str, Any]:
    fields = draft.fields if draft else {}
    start = f"{PollFields.prefix}-"
    return {
        name.removeprefix(start): value for name, value in fields.items() if name.startswith(start)
    }


def _asked_space(request: MemberRequest) -> Space | None:
    slug = request.GET.get("space", "").replace("\0", "")
    return Space.objects.visible_to(request.membership).filter(slug=slug).first() if slug else None


def _commons(member: Membership) -> Space | None:
    return Space.objects.visible_to(member).filter(slug="commons").first()


def _place_sent(request: MemberRequest) -> str:
    """Where the form that was sent is drafted; it says so itself."""
    place = request.POST.get("draft", "").replace("\0", "")
    return place if place.startswith("new:") else place_of_new(None)


def _creating(form: ThreadForm, poll_fields: PollFields, place: str) -> dict[str, Any]:
    tree = theme_tree(form["themes"])
    return {"form": form, "tree": tree, "poll_fields": poll_fields, "draft_place": place}


@member_required
@require_safe
def thread_detail(request: MemberRequest, thread_pk: int) -> HttpResponse:
    thread = seek_thread(request, thread_pk)
    page = _page(request, thread) if thread else None
    asked = number_in(request, "post")
    if asked and (page is None or asked not in page.numbers):
        moved = new_place_of(request.membership, thread_pk, asked)
        if moved:
            return redirect(moved)
    if thread is None or page is None:
        return redirect(_taken_in_by(request, thread_pk))
    note_seen(request, thread, page)
    form = _reply_form(request, thread, page)
    poll_fields = PollFields() if "poll" in request.GET else None
    return render_thread(request, thread, page, form, poll_fields)


def seek_thread(request: MemberRequest, thread_pk: int) -> Thread | None:
    """A visible thread with what its page shows."""
    threads = Thread.objects.visible_to(request.membership)
    thread = opened_by(threads, request.membership).filter(pk=thread_pk).first()
    if thread:
        thread.cohort = request.cohort
    return thread


def find_thread(request: MemberRequest, thread_pk: int) -> Thread:
    """The same, or 404."""
    thread = seek_thread(request, thread_pk)
    if thread is None:
        raise Http404
    return thread


def _taken_in_by(request: MemberRequest, thread_pk: int) -> Thread:
    thread = merged_into(request.membership, thread_pk)
    if thread is None:
        raise Http404
    return thread


def _page(request: MemberRequest, thread: Thread) -> ThreadPage:
    def place(name: str) -> int | None:
        number = number_in(request, name)
        return number if number <= thread.last_number else None

    return read_page(
        request,
        thread,
        around=place("post") or place("reply_to"),
        after=place("after"),
        before=place("before"),
    )


def read_page(request: MemberRequest, thread: Thread, **places: int | None) -> ThreadPage:
    return read_thread(thread, request.membership, read_number=thread.read_number, **places)


def number_in(request: MemberRequest, name: str) -> int:
    """A post's number from the address; 0 for anything that is none."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def note_seen(request: MemberRequest, thread: Thread, page: ThreadPage) -> None:
    """The page is shown to its reader now: what stands on it is read, in the bell as well."""
    if request.method != "GET" or _is_prefetch(request):
        return
    _note_reading(request, thread, page)
    is_whole = page.before is None and page.after is None
    shown = None if is_whole else [row.pk for row in page.rows]
    seeing.saw(request, group_of(thread.pk), shown)


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


def _reply_form(request: MemberRequest, thread: Thread, page: ThreadPage) -> ReplyForm:
    number = number_in(request, "reply_to")
    row = next((row for row in page.rows if row.number == number and not row.gone), None)
    quote = quoted(row.body) if row and "quote" in request.GET else ""
    return ReplyForm.going_on(
        draft_of(thread.draft),
        parent=number if row else 1,
        quote=quote,
        may_steer=permissions.can_steer(request.membership),
    )


def render_thread(
    request: MemberRequest,
    thread: Thread,
    page: ThreadPage,
    form: ReplyForm,
    poll_fields: PollFields | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = context_of(request, thread, page, form, poll_fields)
    context["about"] = thing_of(thread.about, request.membership)
    return render(request, "forums/thread_detail.html", context, status=status)


def context_of(
    request: MemberRequest,
    thread: Thread,
    page: ThreadPage,
    form: ReplyForm,
    poll_fields: PollFields | None = None,
) -> dict[str, Any]:
    """What `forums/_thread_page.html` shows."""
    # What was typed there by hand may be no number, nor one of this thread.
    parent = form.cleaned_data.get("parent", 1) if form.is_bound else form.initial["parent"]
    place = next((n for n, row in enumerate(page.rows, 1) if row.number == parent > 1), 0)
    return {
        "thread": thread,
        "page": page,
        "form": form,
        "post_to": reverse("forums:post_create", args=[request.cohort.slug, thread.pk]),
        "draft_place": f"thread:{thread.pk}",
        "space_pk": thread.space_id,
        "poll_fields": poll_fields,
        "open_poll": poll_fields is not None,
        "parent": parent if place else 0,
        "parent_name": page.rows[place - 1].author.name if place else "",
        # The form for a reply stands below the post that it answers.
        "rows": page.rows[:place] if place else page.rows,
        "later_rows": page.rows[place:] if place else [],
        **for_posts(request, thread),
    }


def for_posts(request: MemberRequest, thread: Thread) -> dict[str, Any]:
    """What markup and menu of posts ask for: where they are, and what the reader may do."""
    member = request.membership
    return {
        "thread_url": thread.get_absolute_url(),
        "follow_level": level_of(member, thread),
        "can_reply": permissions.can_reply(member, thread),
        "can_react": member.may_write,
        "can_relabel": permissions.can_relabel(member, thread),
        "can_steer": permissions.can_steer(member),
        "can_mark_answer": permissions.can_mark_answer(member, thread),
    }
