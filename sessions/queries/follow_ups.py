"""Where what was said went, and where it may go."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse

from cohort.models import Audience, Membership
from forums.models import Space, Thread
from sessions.models import ChatMessage, FollowUp, LearningSession, Question

# So many lines after it stand on the page that opens at a line.
LINES_AFTER = 100


def line_url(cohort_slug: str, session_pk: int, seq: int) -> str:
    """The transcript, at this line."""
    page = reverse("sessions:transcript", args=[cohort_slug, session_pk])
    return f"{page}?before={seq + LINES_AFTER}#line-{seq}"


def question_url(session: LearningSession, question_pk: int) -> str:
    """The session's page, at this question."""
    return f"{session.get_absolute_url()}#question-{question_pk}"


@dataclass(frozen=True)
class FollowUps:
    """What became of a session's lines, by place, and questions, by key, as one reader sees it."""

    of_lines: dict[int, Thread] = field(default_factory=dict)
    of_questions: dict[int, FollowUp] = field(default_factory=dict)

    @property
    def threads(self) -> list[Thread]:
        of_questions = [row.thread for row in self.of_questions.values() if row.thread]
        return [*of_questions, *self.of_lines.values()]


def follow_up_rows(member: Membership) -> ArraySubquery:
    """What became of each session's sayings, in order, for `follow_ups_of`: of the discussions
    those that the member may see.
    """
    seen = Q(thread=None) | Q(thread__in=Thread.objects.visible_to(member))
    thread = JSONObject(pk="thread_id", title="thread__title", reply_count="thread__reply_count")
    row = JSONObject(seq="line__seq", question="question_id", thread=thread)
    rows = FollowUp.objects.filter(seen, session=OuterRef("pk")).order_by("at", "pk")
    return ArraySubquery(rows.values(row=row))


def follow_ups_of(session: Any) -> FollowUps:
    """Of one of `session_pages`."""
    found = FollowUps()
    for row in session.follow_up_rows:
        has_thread = row["thread"]["pk"] is not None
        thread = Thread(cohort=session.cohort, **row["thread"]) if has_thread else None
        if row["question"]:
            found.of_questions[row["question"]] = FollowUp(thread=thread)
        elif thread:
            found.of_lines[row["seq"]] = thread
    return found


def with_discussions(lines: list[ChatMessage], follow_ups: FollowUps) -> list[ChatMessage]:
    """Each line with the `discussion` that came of it, if the reader may see one."""
    for line in lines:
        line.discussion = follow_ups.of_lines.get(line.seq)
    return lines


def open_questions(member: Membership, session: LearningSession) -> list[Question]:
    """Questions that were not answered live, and of which nothing came yet; most votes first."""
    waiting = [Question.State.OPEN, Question.State.LATER]
    questions = Question.objects.visible_to(member).filter(room_id=session.pk, follow_up=None)
    found = list(questions.filter(state__in=waiting).select_related("asker__user", "asker__team"))
    for question in found:
        question.shown_asker = question.asker_for(member)  # type: ignore[attr-defined]
    return found


def spaces_for(member: Membership, session: LearningSession) -> QuerySet[Space]:
    """Where what was said in a session may be taken: to nobody who could not have heard it."""
    spaces = Space.objects.visible_to(member).in_order()
    if session.audience == Audience.COHORT:
        return spaces
    allowed = Q(audience=Audience.FACILITATORS)
    if session.audience == Audience.TEAM:
        allowed |= Q(audience=Audience.TEAM, team=session.team_id)
    return spaces.filter(allowed)
