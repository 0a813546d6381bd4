"""Taking further what was said in a room."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cohort.access import MemberRequest, facilitator_required, require
from cohort.form_fields import theme_tree
from forums.models import Thread
from sessions import permissions, queries
from sessions.forms_closing import DiscussForm
from sessions.models import ChatMessage, FollowUp, LearningSession, Question
from sessions.services import following_up
from sessions.views.fetching import posted, session_of


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def line_discuss(request: MemberRequest, session_pk: int, seq: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(permissions.can_plan(request.membership))
    lines = ChatMessage.objects.visible_to(request.membership).filter(removed_at=None)
    line = get_object_or_404(
        lines.select_related("sender__user", "sender__team"), room_id=session.pk, seq=seq
    )
    there = FollowUp.objects.filter(line=line).select_related("thread__cohort").first()
    said = {
        "words": line.body,
        "by": line.sender,
        "at": line.created_at,
        "back": queries.line_url(request.cohort.slug, session.pk, line.seq),
    }

    def begin(about: dict[str, Any]) -> Thread:
        return following_up.discuss_line(line=line, by=request.membership, **about)

    return _discuss(request, session, there, said, begin)


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def question_discuss(request: MemberRequest, session_pk: int, question_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(permissions.can_plan(request.membership))
    question = _question(request, session, question_pk)
    there = FollowUp.objects.filter(question=question).select_related("thread__cohort").first()
    said = {
        "words": question.text,
        "by": question.asker,
        "is_nameless": question.is_nameless,
        "at": question.created_at,
        "back": queries.question_url(session, question.pk),
    }

    def begin(about: dict[str, Any]) -> Thread:
        return following_up.discuss_question(question=question, by=request.membership, **about)

    return _discuss(request, session, there, said, begin)


def _discuss(
    request: MemberRequest,
    session: LearningSession,
    there: FollowUp | None,
    said: dict[str, Any],
    begin: Callable[[dict[str, Any]], Thread],
) -> HttpResponse:
    if there and there.thread:
        return redirect(there.thread)
    form = DiscussForm(
        posted(request), member=request.membership, session=session, words=said["words"]
    )
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "tree": theme_tree(form["themes"]), "session": session, **said}
        status = 422 if form.is_bound else 200
        return render(request, "sessions/saying_discuss.html", context, status=status)
    try:
        thread = begin(form.cleaned_data)
    except following_up.SayingGone:
        messages.error(request, _("It was removed meanwhile."))
        return redirect("sessions:transcript", request.cohort.slug, session.pk)
    messages.success(request, _("It is a discussion now."))
    return redirect(thread)


@facilitator_required
@require_POST
def question_let_go(request: MemberRequest, session_pk: int, question_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(permissions.can_plan(request.membership))
    question = _question(request, session, question_pk)
    following_up.let_go(question=question, by=request.membership)
    messages.success(request, _("Let go. It stays with the session’s record."))
    return redirect("sessions:close_out", request.cohort.slug, session.pk)


def _question(request: MemberRequest, session: LearningSession, question_pk: int) -> Question:
    questions = Question.objects.visible_to(request.membership).exclude(state=Question.State.HIDDEN)
    found = questions.select_related("asker__user", "asker__team")
    return get_object_or_404(found, room_id=session.pk, pk=question_pk)
