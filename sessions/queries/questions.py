"""The question lane as one member sees it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from cohort.models import Membership
from sessions.models import LearningSession, Question, QuestionVote

QUESTIONS_SHOWN = 500


@dataclass(frozen=True)
class QuestionLane:
    open: list[Question]
    settled: list[Question]

    @property
    def count(self) -> int:
        return len(self.open)


def lane_of(member: Membership, session: Any) -> QuestionLane:
    """Of one of `room_pages`: no query where nothing was asked."""
    return question_lane(member, session) if session.has_questions else QuestionLane([], [])


def question_lane(member: Membership, session: LearningSession) -> QuestionLane:
    """Open questions, most votes first; then those that were settled, the latest first.

    Each has `has_my_vote`, `is_mine` and `shown_asker`, which is None where this member may not
    know it. Hidden ones are for facilitators.
    """
    mine = QuestionVote.objects.filter(question=OuterRef("pk"), member=member)
    questions: list[Question] = list(
        Question.objects.visible_to(member)
        .filter(room_id=session.pk)
        .select_related("asker__user", "asker__team")
        .annotate(has_my_vote=Exists(mine))[:QUESTIONS_SHOWN]
    )
    for question in questions:
        question.is_mine = question.asker_id == member.pk  # type: ignore[attr-defined]
        question.shown_asker = question.asker_for(member)  # type: ignore[attr-defined]
    settled = [question for question in questions if not question.is_open]
    settled.sort(key=lambda question: (question.settled_at, question.pk), reverse=True)
    return QuestionLane([question for question in questions if question.is_open], settled)
