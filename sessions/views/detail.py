"""A session's page, and its entry for a calendar."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cohort.access import MemberRequest, member_required
from notifications import seeing
from sessions import permissions, queries
from sessions.calendar import calendar_file
from sessions.calendar.adding import ways_for
from sessions.forms import AnswerForm
from sessions.models import RSVP, LearningSession
from sessions.notices import group_of
from sessions.views.fetching import page_of, session_of

LINES_SHOWN = 30


@member_required
@require_safe
def session_detail(request: MemberRequest, session_pk: int) -> HttpResponse:
    session = page_of(request, session_pk)
    if request.method == "GET":
        seeing.saw(request, group_of(session))
    return render_session(request, session, AnswerForm())


def render_session(
    request: MemberRequest, session: LearningSession, form: AnswerForm, status: int = 200
) -> HttpResponse:
    member = request.membership
    mine = my_answer(session)
    can_answer = permissions.can_answer(member, session)
    parts: Any = session  # with what `session_pages` said
    lines = queries.chat_page(member, session, limit=LINES_SHOWN) if parts.has_lines else []
    record = queries.record_of(member, session)
    if record:
        queries.with_discussions(lines, record["follow_ups"])
    context = {
        "session": session,
        "answer_form": form,
        "place": queries.place_in_line(session, mine)
        if can_answer and mine and mine.waitlisted_at
        else None,
        "who": queries.who_comes(session),
        "agenda": queries.agenda_of(session),
        "tasks": queries.tasks_of(member, session),
        "series": queries.same_series(session),
        "can_tick": permissions.can_tick(member, session),
        "resources": queries.resources_of(session),
        "lines": lines,
        "calendar_ways": ways_for(session),
        "titles": queries.link_titles(member, lines, request.cohort.slug),
        "lane": queries.lane_of(member, session),
        "pulses": queries.pulses_of(member, session, may_answer=False) if parts.has_pulses else [],
        "can_write_notes": permissions.can_write_notes(member, session),
        "can_answer": can_answer,
        "can_join": permissions.can_join(member, session, mine),
        "can_enter_now": permissions.can_enter_now(member, session),
        "can_chat": permissions.can_chat(member, session),
        "can_plan": permissions.can_plan(member),
        "can_moderate": permissions.can_moderate(member),
        "can_take_along": permissions.can_take_along(member),
        **record,
        "asks_feedback": bool(record)
        and permissions.can_give_feedback(
            member, session, record["close_out"], was_there=record["was_there"]
        ),
    }
    return render(request, "sessions/session_detail.html", context, status=status)


def my_answer(session: Any) -> RSVP | None:
    """The reader's answer, as `with_answer_of` brought it."""
    if not session.my_answer:
        return None
    return RSVP(
        pk=session.my_rsvp,
        session=session,
        answer=session.my_answer,
        waitlisted_at=session.my_waitlisted_at,
    )


@member_required
@require_safe
def session_calendar(request: MemberRequest, session_pk: int) -> HttpResponse:
    session = session_of(request, session_pk)
    response = HttpResponse(calendar_file(session), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="session-{session.pk}.ics"'
    return response
