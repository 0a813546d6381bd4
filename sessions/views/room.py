"""The live room: what was said, and taking a line out."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from cohort.access import MemberRequest, facilitator_required, member_required, require
from sessions import permissions, queries
from sessions.models import ChatMessage
from sessions.services import chat
from sessions.views.fetching import session_of


@member_required
@require_safe
def transcript(request: MemberRequest, session_pk: int) -> HttpResponse:
    session = session_of(request, session_pk)
    before = request.GET.get("before", "")
    lines = queries.chat_page(
        request.membership,
        session,
        int(before) if before.isdecimal() and len(before) < 18 else None,
    )
    context: dict[str, Any] = {
        "session": session,
        "lines": lines,
        "has_earlier": bool(lines) and lines[0].seq > 1,
        "is_latest": before is None,
        "can_moderate": permissions.can_moderate(request.membership),
    }
    return render(request, "sessions/transcript.html", context)


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
    chat.restore_line(line=line)
    return _to_line(request, line)


def _line(request: MemberRequest, session_pk: int, seq: int) -> ChatMessage:
    lines = ChatMessage.objects.visible_to(request.membership)
    return get_object_or_404(lines, room_id=session_pk, seq=seq)


def _to_line(request: MemberRequest, line: ChatMessage) -> HttpResponseBase:
    page = redirect("sessions:transcript", request.cohort.slug, line.room_id)
    page["Location"] += f"?before={line.seq + 100}#line-{line.seq}"
    return page
