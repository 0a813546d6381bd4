"""Learning sessions: when the cohort meets, who comes, what was said, who came."""

from sessions.models.agenda import AgendaItem
from sessions.models.answers import RSVP
from sessions.models.attendance import Attendance, AttendanceChange, MeetingList, RoomStay
from sessions.models.closing import CloseOut, Feedback, FollowUp, feedback_closes_at
from sessions.models.invites import CalendarInvite
from sessions.models.notes import NOTES_LIMIT, SharedNotes
from sessions.models.prework import PreworkTask, TaskTick
from sessions.models.pulses import ANSWER_LIMIT, SCALE, Pulse, PulseAnswer
from sessions.models.questions import QUESTION_LIMIT, Question, QuestionVote
from sessions.models.reminders import ReminderRule
from sessions.models.room import (
    CHAT_LIMIT,
    Answered,
    ChatMessage,
    ChatMessageQuerySet,
    LineReaction,
    Room,
    RoomMute,
)
from sessions.models.sessions import (
    ASK_AHEAD,
    CHAT_STAYS_OPEN,
    DOORS_OPEN,
    LearningSession,
    LearningSessionQuerySet,
    SessionTheme,
)

__all__ = [
    "ANSWER_LIMIT",
    "ASK_AHEAD",
    "CHAT_LIMIT",
    "CHAT_STAYS_OPEN",
    "DOORS_OPEN",
    "NOTES_LIMIT",
    "QUESTION_LIMIT",
    "RSVP",
    "SCALE",
    "AgendaItem",
    "Answered",
    "Attendance",
    "AttendanceChange",
    "CalendarInvite",
    "ChatMessage",
    "ChatMessageQuerySet",
    "CloseOut",
    "Feedback",
    "FollowUp",
    "LearningSession",
    "LearningSessionQuerySet",
    "LineReaction",
    "MeetingList",
    "PreworkTask",
    "Pulse",
    "PulseAnswer",
    "Question",
    "QuestionVote",
    "ReminderRule",
    "Room",
    "RoomMute",
    "RoomStay",
    "SessionTheme",
    "SharedNotes",
    "TaskTick",
    "feedback_closes_at",
]
