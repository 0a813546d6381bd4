from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohort.access import MemberRequest, facilitator_required, member_required, require
from sessions import permissions, queries
from sessions.forms import AnswerForm, AttendanceForm, SessionFilter, SessionForm, SummaryForm
from sessions.ics import calendar_file
from sessions.models import RSVP, ChatMessage, LearningSession
from sessions.services import answers, attendance, chat, planning

PAST_PAGE = 20


def _session(request: MemberRequest, session_pk: int) -> LearningSession:
    return get_object_or_404(queries.sessions_of(request.membership), pk=session_pk)


def _posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, also when that is nothing at all."""
    return request.POST if request.method == "POST" else None


@member_required
@require_safe
def session_list(request: MemberRequest) -> HttpResponse:
    filters = SessionFilter(request.GET)
    coming = queries.narrowed(queries.upcoming(request.membership), **filters.chosen)
    past = queries.narrowed(queries.past(request.membership), **filters.chosen)
    context = {
        "filters": filters,
        "is_filtered": bool(filters.chosen),
        "coming": coming,
        "past": Paginator(past, PAST_PAGE).get_page(request.GET.get("page")),
        "can_plan": permissions.can_plan(request.membership),
    }
    return render(request, "sessions/session_list.html", context)


@member_required
@require_safe
def session_detail(request: MemberRequest, session_pk: int) -> HttpResponse:
    return render_session(request, _session(request, session_pk), AnswerForm())


def render_session(
    request: MemberRequest, session: LearningSession, form: AnswerForm, status: int = 200
) -> HttpResponse:
    member = request.membership
    rsvps = queries.answers(session)
    mine = next((rsvp for rsvp in rsvps if rsvp.member_id == member.pk), None)
    lines = queries.chat_page(member, session)
    context = {
        "session": session,
        "answer_form": form,
        "going": [rsvp for rsvp in rsvps if rsvp.has_seat],
        "maybe": [rsvp for rsvp in rsvps if rsvp.answer == RSVP.Answer.MAYBE],
        "waiting": [rsvp for rsvp in rsvps if rsvp.waitlisted_at],
        "notes": [rsvp for rsvp in rsvps if rsvp.note] if member.is_facilitator else [],
        "resources": session.resources.visible_to(member).select_related("cohort"),
        "lines": lines,
        "has_earlier": bool(lines) and lines[0].seq > 1,
        "room": queries.room_of(session),
        "can_answer": permissions.can_answer(member, session),
        "can_join": permissions.can_join(member, session, mine),
        "can_enter_now": permissions.can_enter_now(member, session),
        "can_chat": permissions.can_chat(member, session),
        "can_plan": permissions.can_plan(member),
        "can_moderate": permissions.can_moderate(member),
    }
    return render(request, "sessions/session_detail.html", context, status=status)


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def session_create(request: MemberRequest) -> HttpResponseBase:
    require(permissions.can_plan(request.membership))
    form = SessionForm(_posted(request), member=request.membership)
    if request.method != "POST" or "preview" in request.POST:
        return render_form(request, form)
    if not form.is_valid():
        return render_form(request, form, status=422)

    session = planning.plan_session(
        cohort=request.cohort,
        form_key=form.cleaned_data["form_key"],
        publish="draft" not in request.POST,
        **form.values,
    )
    messages.success(request, _("“%(title)s” is in the year now.") % {"title": session.title})
    return redirect(session)


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def session_edit(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = _session(request, session_pk)
    require(permissions.can_plan(request.membership))
    form = SessionForm(_posted(request), member=request.membership, instance=session)
    if request.method != "POST" or "preview" in request.POST:
        return render_form(request, form, session)
    if not form.is_valid():
        return render_form(request, form, session, status=422)

    planning.change_session(session=session, **form.values)
    messages.success(request, _("Saved."))
    return redirect(session)


def render_form(
    request: MemberRequest,
    form: SessionForm,
    session: LearningSession | None = None,
    status: int = 200,
) -> HttpResponse:
    if form.is_bound:
        form.is_valid()
        times = form.instants
    else:
        times = (session.starts_at, session.ends_at) if session else None
    context = {
        "form": form,
        "session": session,
        "zones": queries.times_by_zone(request.cohort, *times) if times else [],
    }
    return render(request, "sessions/session_form.html", context, status=status)


@facilitator_required
@require_POST
def session_publish(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = _session(request, session_pk)
    require(permissions.can_plan(request.membership))
    planning.publish_session(session=session)
    messages.success(request, _("Published: everybody it is for sees it now."))
    return redirect(session)


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def session_cancel(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = _session(request, session_pk)
    require(permissions.can_plan(request.membership))
    if request.method != "POST":
        return render(request, "sessions/session_cancel.html", {"session": session})

    planning.cancel_session(session=session)
    messages.success(request, _("Called off. It stays in the year, and no reminder goes out."))
    return redirect(session)


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def session_bring_back(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = _session(request, session_pk)
    require(permissions.can_plan(request.membership))
    if request.method != "POST":
        return render(request, "sessions/session_bring_back.html", {"session": session})

    planning.bring_back_session(session=session)
    messages.success(request, _("It takes place again, with the answers that were given."))
    return redirect(session)


@member_required
@require_POST
def rsvp_answer(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = _session(request, session_pk)
    require(request.membership.may_write)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return render_session(request, session, form, status=422)

    try:
        rsvp = answers.answer(session=session, member=request.membership, **form.cleaned_data)
    except answers.NotOpen:
        messages.error(request, _("This session takes no answers any more."))
    else:
        messages.success(request, _said(rsvp))
    return redirect(_back(request) or session)


def _said(rsvp: RSVP) -> str:
    if rsvp.waitlisted_at:
        return _("All seats are taken. You are on the waiting list and move up by yourself.")
    return {
        RSVP.Answer.YES: _("Good, you are coming."),
        RSVP.Answer.MAYBE: _("Noted: maybe."),
        RSVP.Answer.NO: _("Noted: you cannot come. The summary will be on the session’s page."),
    }[RSVP.Answer(rsvp.answer)]


def _back(request: HttpRequest) -> str:
    """The page of ours that the answer was given on, where it says so."""
    there = request.POST.get("next", "")
    is_ours = there.startswith("/") and url_has_allowed_host_and_scheme(there, allowed_hosts=None)
    return there if is_ours else ""


@member_required
@require_safe
def session_calendar(request: MemberRequest, session_pk: int) -> HttpResponse:
    session = _session(request, session_pk)
    response = HttpResponse(calendar_file(session), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="session-{session.pk}.ics"'
    return response


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def session_join(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    """The way to the meeting: a GET (a prefetch, a scanner) only shows the button.

    The POST answers with a page that leads on, since the content security policy would refuse a
    form that redirects to another site.
    """
    session = _session(request, session_pk)
    mine = session.rsvps.filter(member=request.membership).first()
    require(permissions.can_join(request.membership, session, mine))
    is_open = permissions.can_enter_now(request.membership, session)
    if request.method != "POST" or not is_open:
        context = {"session": session, "is_open": is_open}
        return render(request, "sessions/session_join.html", context)

    attendance.record_join(session=session, member=request.membership)
    return render(request, "sessions/session_joining.html", {"session": session})


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def summary_edit(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = _session(request, session_pk)
    require(permissions.can_plan(request.membership))
    initial = {"summary_text": session.summary_text, "recording_url": session.recording_url}
    form = SummaryForm(_posted(request), initial=initial)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.is_bound else 200
        context = {"session": session, "form": form}
        return render(request, "sessions/summary_edit.html", context, status=status)

    planning.write_summary(session=session, **form.cleaned_data)
    messages.success(request, _("Saved. It will be in the next edition."))
    return redirect(session)


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def attendance_edit(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = _session(request, session_pk)
    require(permissions.can_plan(request.membership))
    lines = queries.attendance_sheet(session)
    form = AttendanceForm(_posted(request), members=[line.member for line in lines])
    if request.method == "POST" and form.is_valid():
        attendance.mark_attendance(session=session, marks=form.marks)
        messages.success(request, _("Attendance saved."))
        return redirect("sessions:attendance_edit", request.cohort.slug, session.pk)

    teams_there, teams_asked = queries.attendance_of_teams(lines)
    context = {
        "session": session,
        "form": form,
        "lines": [(line, form[f"mark-{line.member.pk}"]) for line in lines],
        "teams_there": teams_there,
        "teams_asked": teams_asked,
    }
    status = 422 if form.is_bound else 200
    return render(request, "sessions/attendance_edit.html", context, status=status)


@member_required
@require_safe
def transcript(request: MemberRequest, session_pk: int) -> HttpResponse:
    session = _session(request, session_pk)
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
