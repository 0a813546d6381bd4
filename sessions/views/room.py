"""The live room: its page, its transcript, and what is done with lines."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cohort import browser_packages
from cohort.access import MemberRequest, facilitator_required, member_required, require
from cohort.references import reference_of, titles_of
from cohort.search import excerpt, marked, tidy
from sessions import permissions, queries
from sessions.models import ChatMessage, LearningSession
from sessions.room_forms import PaceForm, PulseForm, QuestionForm, ReactionForm
from sessions.services import chat
from sessions.views.detail import my_answer
from sessions.views.fetching import page_of, room_page_of, session_of

# However much was said, a room opens with so many lines; earlier ones come when asked for.
LINES_SHOWN = 50
IN_PLACE = "X-In-Place"  # as static/js/live-room-posting.js says it
TITLES_AT_ONCE = 50


@member_required
@require_safe
def room(request: MemberRequest, session_pk: int) -> HttpResponse:
    return render_room(request, session_pk)


def render_room(
    request: MemberRequest, session_pk: int, status: int = 200, **forms: Any
) -> HttpResponse:
    """The whole room. `question_form` and `pulse_form` come back here with what was typed."""
    member = request.membership
    # First, with how far the room has come: what changes while the rest is read is told again over
    # the socket.
    session = room_page_of(request, session_pk)
    room = queries.room_of(session)
    lines = queries.chat_page(member, session, limit=LINES_SHOWN)
    can_chat = permissions.can_chat(member, session)
    can_steer = permissions.can_steer(member, session)
    context = {
        "session": session,
        "room": room,
        "now": timezone.now(),
        "lines": lines,
        "titles": queries.link_titles(member, lines, request.cohort.slug),
        "has_earlier": bool(lines) and lines[0].seq > 1,
        "agenda": queries.agenda_of(session),
        "resources": queries.resources_of(session),
        "lane": queries.lane_of(member, session),
        "pulses": queries.pulses_of(member, session, may_answer=can_chat)
        if session.has_pulses
        else [],
        "can_chat": can_chat,
        "can_steer": can_steer,
        "can_moderate": permissions.can_moderate(member),
        "has_yjs": browser_packages.has_yjs(),
        "can_write_notes": permissions.can_write_notes(member, session),
        "can_join": permissions.can_join(member, session, my_answer(session)),
        "can_enter_now": permissions.can_enter_now(member, session),
        "question_form": QuestionForm(),
        **(_for_hosts(session, room.slow_seconds) if can_steer else {}),
        **forms,
    }
    return render(request, "sessions/room.html", context, status=status)


def _for_hosts(session: LearningSession, slow_seconds: int) -> dict[str, Any]:
    """Who was muted is nobody else's to know."""
    return {
        "muted": queries.muted_in(session),
        "pulse_form": PulseForm(),
        "pace_form": PaceForm(initial={"seconds": slow_seconds}),
    }


def to_room(
    request: MemberRequest, session_pk: int, part: str, words: str = ""
) -> HttpResponseBase:
    """Back to a part of the room's page, with these words.

    A form that was sent without leaving the page is answered by what comes over the socket: words
    kept for the next page would come up there, long after what they are about.
    """
    if IN_PLACE in request.headers:
        return HttpResponse(status=204)
    if words:
        messages.success(request, words)
    url = reverse("sessions:room", args=[request.cohort.slug, session_pk])
    return redirect(f"{url}#{part}")


@member_required
@require_safe
def link_titles(request: MemberRequest, session_pk: int) -> HttpResponse:
    """The titles, for this reader, of what addresses (`?at=`) lead to: for lines that come live."""
    session_of(request, session_pk)
    references = {
        address: reference
        for address in request.GET.getlist("at")[:TITLES_AT_ONCE]
        if (reference := reference_of(address, request.cohort.slug))
    }
    titles = titles_of(references.values(), request.membership)
    found = {at: titles[reference] for at, reference in references.items() if reference in titles}
    return JsonResponse({"titles": found})


@member_required
@require_safe
def transcript(request: MemberRequest, session_pk: int) -> HttpResponse:
    session = page_of(request, session_pk)
    before = _place(request)
    query = tidy(request.GET.get("q", ""))
    lines = queries.chat_page(request.membership, session, before)
    follow_ups = queries.follow_ups_of(session)
    context: dict[str, Any] = {
        "session": session,
        "titles": queries.link_titles(request.membership, lines, request.cohort.slug),
        "lines": queries.with_discussions(lines, follow_ups),
        "has_earlier": bool(lines) and lines[0].seq > 1,
        "is_latest": before is None,
        "query": query,
        "found": _found(request, session, query),
        "can_moderate": permissions.can_moderate(request.membership),
    }
    return render(request, "sessions/transcript.html", context)


def _place(request: HttpRequest) -> int | None:
    before = request.GET.get("before", "")
    return int(before) if before.isdecimal() and len(before) < 18 else None


def _found(
    request: MemberRequest, session: LearningSession, query: str
) -> list[ChatMessage] | None:
    """The lines that hold what was asked for, with the way to them; None if nothing was."""
    found = queries.found_lines(request.membership, session, query)
    if found is None:
        return None
    lines = list(found)
    for line in lines:
        line.url = queries.line_url(request.cohort.slug, session.pk, line.seq)
        line.marked = marked(excerpt(line.headline))  # type: ignore[attr-defined]
    return lines


@facilitator_required
@require_POST
def line_remove(request: MemberRequest, session_pk: int, seq: int) -> HttpResponseBase:
    line = _line(request, session_pk, seq)
    require(permissions.can_moderate(request.membership))
    chat.remove_line(line=line, by=request.membership)
    return _to_line(request, line)


@facilitator_required
@require_POST
def line_restore(request: MemberRequest, session_pk: int, seq: int) -> HttpResponseBase:
    line = _line(request, session_pk, seq)
    require(permissions.can_moderate(request.membership))
    chat.restore_line(line=line, by=request.membership)
    return _to_line(request, line)


@member_required
@require_POST
def line_react(request: MemberRequest, session_pk: int, seq: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    line = _line(request, session_pk, seq)
    require(permissions.can_chat(request.membership, session) and line.removed_at is None)
    form = ReactionForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    chat.react(line=line, member=request.membership, kind=form.cleaned_data["kind"])
    return _to_line(request, line)


def _line(request: MemberRequest, session_pk: int, seq: int) -> ChatMessage:
    lines = ChatMessage.objects.visible_to(request.membership)
    return get_object_or_404(lines, room_id=session_pk, seq=seq)


def _to_line(request: MemberRequest, line: ChatMessage) -> HttpResponseBase:
    page = redirect("sessions:transcript", request.cohort.slug, line.room_id)
    page["Location"] += f"?before={line.seq + 100}#line-{line.seq}"
    return page
