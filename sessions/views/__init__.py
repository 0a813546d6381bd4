from sessions.views.answer_links import answer_link
from sessions.views.answers import rsvp_answer
from sessions.views.calendars import (
    calendar_cohort,
    calendar_key_list,
    calendar_key_removal,
    calendar_own,
)
from sessions.views.closing import attendance_edit, summary_edit
from sessions.views.detail import session_calendar, session_detail
from sessions.views.joining import session_join
from sessions.views.lists import session_list
from sessions.views.plan import (
    session_bring_back,
    session_cancel,
    session_create,
    session_edit,
    session_publish,
)
from sessions.views.reminder_rules import reminder_rule_list
from sessions.views.room import line_remove, line_restore, transcript

__all__ = [
    "answer_link",
    "attendance_edit",
    "calendar_cohort",
    "calendar_key_list",
    "calendar_key_removal",
    "calendar_own",
    "line_remove",
    "line_restore",
    "reminder_rule_list",
    "rsvp_answer",
    "session_bring_back",
    "session_calendar",
    "session_cancel",
    "session_create",
    "session_detail",
    "session_edit",
    "session_join",
    "session_list",
    "session_publish",
    "summary_edit",
    "transcript",
]
