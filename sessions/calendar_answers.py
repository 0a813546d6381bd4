"""Answers to invitations that calendar programs send by mail."""

from notifications import registry
from notifications.registry import CalendarAnswer, NotTaken, Posted
from sessions.services.calendar_replies import take_replies


def take(answer: CalendarAnswer) -> Posted | NotTaken:
    """Keep what a calendar answers, if any of it is to be kept."""
    outcomes = take_replies(answer.calendar)
    if any(outcome.is_kept for outcome in outcomes):
        return Posted("")
    return NotTaken(outcomes[0].words)


def register() -> None:
    registry.register_calendar_handler(take)
