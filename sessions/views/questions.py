"""The question lane: asking, voting, and what facilitators make of a question."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cohort.access import MemberRequest, facilitator_required, member_required, require
from sessions import permissions
from sessions.models import Question
from sessions.room_forms import QuestionForm, VoteForm
from sessions.services import questions
from sessions.services.refusals import Refused
from sessions.views.fetching import session_of
from sessions.views.room import render_room, to_room

WHY = {
    "muted": gettext_lazy("The facilitators have muted you in this room."),
    "closed": gettext_lazy("The room is closed."),
    "too_many": gettext_lazy("You have asked a great deal already. Vote for what matters most."),
}


@member_required
@require_POST
def question_create(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(permissions.can_chat(request.membership, session))
    form = QuestionForm(request.POST)
    if form.is_valid():
        try:
            questions.ask(session_pk=session.pk, member=request.membership, **form.cleaned_data)
        except Refused as refused:
            form.add_error("text", WHY.get(refused.code, _("This could not be taken.")))
    if not form.is_valid():
        return render_room(request, session_pk, status=422, question_form=form)
    words = _("Your question is in the lane.")
    return to_room(request, session.pk, "questions", words)


@member_required
@require_POST
def question_vote(request: MemberRequest, session_pk: int, question_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    question = _question(request, session_pk, question_pk)
    require(permissions.can_chat(request.membership, session) and question.is_open)
    form = VoteForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    questions.vote(question=question, member=request.membership, **form.cleaned_data)
    return to_room(request, session.pk, f"question-{question.pk}")


@facilitator_required
@require_POST
def question_settle(
    request: MemberRequest, session_pk: int, question_pk: int, state: str
) -> HttpResponseBase:
    session = session_of(request, session_pk)
    question = _question(request, session_pk, question_pk)
    require(permissions.can_steer(request.membership, session))
    questions.settle(question=question, state=state, by=request.membership)
    return to_room(request, session.pk, "questions")


def _question(request: MemberRequest, session_pk: int, question_pk: int) -> Question:
    questions = Question.objects.visible_to(request.membership)
    return get_object_or_404(questions, room_id=session_pk, pk=question_pk)
