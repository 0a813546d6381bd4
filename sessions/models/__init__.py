"""Learning sessions: when the cohort meets, who comes, what was said, who came."""

from sessions.models.answers import RSVP
from sessions.models.attendance import Attendance
from sessions.models.invites import CalendarInvite
from sessions.models.reminders import ReminderRule
from sessions.models.room import CHAT_LIMIT, ChatMessage, ChatMessageQuerySet, Room
from sessions.models.sessions import (
    ASK_AHEAD,
    CHAT_STAYS_OPEN,
    DOORS_OPEN,
    LearningSession,
    LearningSessionQuerySet,
    SessionTheme,
)

__all__ = [
    "ASK_AHEAD",
    "CHAT_LIMIT",
    "CHAT_STAYS_OPEN",
    "DOORS_OPEN",
    "RSVP",
    "Attendance",
    "CalendarInvite",
    "ChatMessage",
    "ChatMessageQuerySet",
    "LearningSession",
    "LearningSessionQuerySet",
    "ReminderRule",
    "Room",
    "SessionTheme",
]
