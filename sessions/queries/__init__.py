"""What pages, home, the console and search ask about sessions. All of it only what one may see."""

from sessions.queries.agenda import AgendaLine, agenda_of
from sessions.queries.attendance import (
    AttendanceLine,
    attendance_sheet,
    latest_change,
    narrowed_sheet,
)
from sessions.queries.calendars import followed, of_their_own
from sessions.queries.clashes import Span, clashes, clashes_of
from sessions.queries.closing import (
    close_out_state,
    record_of,
    waiting_to_close,
)
from sessions.queries.copies import Template, agenda_for, agenda_items, copy_of, copyable
from sessions.queries.expected import Expected, expected
from sessions.queries.feedback import FeedbackShown, feedback_of
from sessions.queries.follow_ups import (
    FollowUps,
    follow_ups_of,
    line_url,
    open_questions,
    question_url,
    spaces_for,
    with_discussions,
)
from sessions.queries.lists import (
    between,
    narrowed,
    next_session,
    past,
    sessions_of,
    theme_sessions,
    upcoming,
    year,
)
from sessions.queries.notes import notes_of
from sessions.queries.pages import room_pages, same_series, session_pages
from sessions.queries.prework import TaskLine, resources_of, tasks_of
from sessions.queries.pulses import PulseView, pulses_of
from sessions.queries.questions import QuestionLane, lane_of, question_lane
from sessions.queries.room import chat_page, link_titles, muted_in, room_of
from sessions.queries.rsvps import (
    Echo,
    WhoComes,
    answers,
    echo_of,
    invited,
    members_for,
    place_in_line,
    unanswered,
    who_comes,
)
from sessions.queries.search import search_sessions
from sessions.queries.transcript import found_lines, search_lines, spoken_lines
from sessions.queries.turnout import Share, Turnout, attendance_year, turnout_of, turnouts
from sessions.queries.year_copies import CopyLine, YearPlan, copy_sources
from sessions.queries.zones import ZoneTime, times_by_zone

__all__ = [
    "AgendaLine",
    "AttendanceLine",
    "CopyLine",
    "Echo",
    "Expected",
    "FeedbackShown",
    "FollowUps",
    "PulseView",
    "QuestionLane",
    "Share",
    "Span",
    "TaskLine",
    "Template",
    "Turnout",
    "WhoComes",
    "YearPlan",
    "ZoneTime",
    "agenda_for",
    "agenda_items",
    "agenda_of",
    "answers",
    "attendance_sheet",
    "attendance_year",
    "between",
    "chat_page",
    "clashes",
    "clashes_of",
    "close_out_state",
    "copy_of",
    "copy_sources",
    "copyable",
    "echo_of",
    "expected",
    "feedback_of",
    "follow_ups_of",
    "followed",
    "found_lines",
    "invited",
    "lane_of",
    "latest_change",
    "line_url",
    "link_titles",
    "members_for",
    "muted_in",
    "narrowed",
    "narrowed_sheet",
    "next_session",
    "notes_of",
    "of_their_own",
    "open_questions",
    "past",
    "place_in_line",
    "pulses_of",
    "question_lane",
    "question_url",
    "record_of",
    "resources_of",
    "room_of",
    "room_pages",
    "same_series",
    "search_lines",
    "search_sessions",
    "session_pages",
    "sessions_of",
    "spaces_for",
    "spoken_lines",
    "tasks_of",
    "theme_sessions",
    "times_by_zone",
    "turnout_of",
    "turnouts",
    "unanswered",
    "upcoming",
    "waiting_to_close",
    "who_comes",
    "with_discussions",
    "year",
]
