"""The question lane: asked, voted for, answered live or taken up later."""

import uuid

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cohort import audit
from cohort.models import Membership
from sessions import live
from sessions.models import QUESTION_LIMIT, Question, QuestionVote
from sessions.services.chat import clean, speaker
from sessions.services.places import next_rev
from sessions.services.refusals import Refused

QUESTIONS_EACH = 30  # of one person in one room


@transaction.atomic
def ask(
    *, session_pk: int, member: Membership, text: str, is_nameless: bool, form_key: uuid.UUID
) -> Question:
    """Put a question into the lane; the same form again returns the first one. Raises Refused."""
    text = " ".join(clean(text, QUESTION_LIMIT).split())
    member = speaker(session_pk, member.pk)
    rev = next_rev(session_pk)
    mine = Question.objects.filter(room_id=session_pk, asker=member)
    if again := mine.filter(form_key=form_key).first():
        return again
    if mine.count() >= QUESTIONS_EACH:
        raise Refused("too_many")
    question = Question.objects.create(
        room_id=session_pk,
        asker=member,
        is_nameless=is_nameless,
        text=text,
        form_key=form_key,
        rev=rev,
    )
    live.room_moved_on(session_pk)
    return question


@transaction.atomic
def vote(*, question: Question, member: Membership, wants: bool) -> None:
    """Give or take back the member's one vote. The count is kept with the question."""
    rev = next_rev(question.room_id)
    if wants:
        rows = QuestionVote.objects.filter(question=question, member=member)
        step = 0 if rows.exists() else 1
        QuestionVote.objects.bulk_create(
            [QuestionVote(question=question, member=member)], ignore_conflicts=True
        )
    else:
        step = -QuestionVote.objects.filter(question=question, member=member).delete()[0]
    if step:
        Question.objects.filter(pk=question.pk).update(votes=F("votes") + step, rev=rev)
        live.room_moved_on(question.room_id)


@transaction.atomic
def settle(*, question: Question, state: str, by: Membership) -> None:
    """Move a question on: answered, to be taken up later, hidden, or open again."""
    rev = next_rev(question.room_id)
    current = Question.objects.get(pk=question.pk)
    if current.state == state:
        return
    settled_at = None if state == Question.State.OPEN else timezone.now()
    Question.objects.filter(pk=question.pk).update(state=state, settled_at=settled_at, rev=rev)
    if Question.State.HIDDEN in (state, current.state):
        audit.record(
            f"question.{state}", subject=f"question {question.pk}", actor=by, cohort=by.cohort
        )
    live.room_moved_on(question.room_id)
