"""The record of a session, as its pages show it."""

from django import template

from sessions.models import FollowUp, Question
from sessions.queries.follow_ups import FollowUps

register = template.Library()


@register.filter
def went(follow_ups: FollowUps | str, question: Question) -> FollowUp | None:
    """What became of a question, as far as the reader may see it."""
    if not isinstance(follow_ups, FollowUps):
        return None
    return follow_ups.of_questions.get(question.pk)
