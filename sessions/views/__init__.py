from sessions.views.answer_links import answer_link
from sessions.views.answers import rsvp_answer
from sessions.views.attendance import attendance_edit, attendance_undo, attendance_year
from sessions.views.calendars import (
    calendar_cohort,
    calendar_key_list,
    calendar_key_removal,
    calendar_own,
)
from sessions.views.closing import close_out
from sessions.views.copying import session_copy, year_copy
from sessions.views.detail import session_calendar, session_detail
from sessions.views.expected import answer_list, answers_ask
from sessions.views.exports import attendance_export, attendance_year_export, rsvp_export
from sessions.views.feedback import feedback_edit
from sessions.views.follow_ups import line_discuss, question_discuss, question_let_go
from sessions.views.joining import session_join
from sessions.views.lists import session_list, session_month
from sessions.views.meeting_lists import attendance_import, attendance_import_detail
from sessions.views.moderation import member_mute, member_unmute, room_pace
from sessions.views.notes import session_notes
from sessions.views.plan import session_create, session_edit
from sessions.views.prework import task_tick
from sessions.views.pulses import pulse_answer, pulse_close, pulse_create, pulse_list
from sessions.views.questions import question_create, question_settle, question_vote
from sessions.views.record import record_export
from sessions.views.reminder_rules import reminder_rule_list
from sessions.views.room import (
    line_react,
    line_remove,
    line_restore,
    link_titles,
    room,
    transcript,
)
from sessions.views.states import session_bring_back, session_cancel, session_publish

__all__ = [
    "answer_link",
    "answer_list",
    "answers_ask",
    "attendance_edit",
    "attendance_export",
    "attendance_import",
    "attendance_import_detail",
    "attendance_undo",
    "attendance_year",
    "attendance_year_export",
    "calendar_cohort",
    "calendar_key_list",
    "calendar_key_removal",
    "calendar_own",
    "close_out",
    "feedback_edit",
    "line_discuss",
    "line_react",
    "line_remove",
    "line_restore",
    "link_titles",
    "member_mute",
    "member_unmute",
    "pulse_answer",
    "pulse_close",
    "pulse_create",
    "pulse_list",
    "question_create",
    "question_discuss",
    "question_let_go",
    "question_settle",
    "question_vote",
    "record_export",
    "reminder_rule_list",
    "room",
    "room_pace",
    "rsvp_answer",
    "rsvp_export",
    "session_bring_back",
    "session_calendar",
    "session_cancel",
    "session_copy",
    "session_create",
    "session_detail",
    "session_edit",
    "session_join",
    "session_list",
    "session_month",
    "session_notes",
    "session_publish",
    "task_tick",
    "transcript",
    "year_copy",
]
