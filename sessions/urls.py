from django.urls import URLPattern, path

from sessions import views

app_name = "sessions"

LIST = "c/<slug:cohort_slug>/sessions/"
ONE = f"{LIST}<int:session_pk>/"
ROOM = f"{ONE}live/"
QUESTION = f"{ROOM}questions/<int:question_pk>/"
PULSE = f"{ROOM}pulses/<int:pulse_pk>/"


def settling(place: str, name: str, state: str) -> URLPattern:
    return path(f"{QUESTION}{place}/", views.question_settle, {"state": state}, name=name)


urlpatterns = [
    path(LIST, views.session_list, name="session_list"),
    path("s/<str:token>/", views.answer_link, name="answer_link"),
    path("calendar/<str:key>.ics", views.calendar_own, name="calendar_own"),
    path("calendar/<str:key>/all.ics", views.calendar_cohort, name="calendar_cohort"),
    path(f"{LIST}calendar/", views.calendar_key_list, name="calendar_key_list"),
    path(
        f"{LIST}calendar/<int:key_pk>/removal/",
        views.calendar_key_removal,
        name="calendar_key_removal",
    ),
    path(f"{LIST}reminders/", views.reminder_rule_list, name="reminder_rule_list"),
    path(f"{LIST}month/", views.session_month, name="session_month"),
    path(f"{LIST}new/", views.session_create, name="session_create"),
    path(f"{LIST}copies/", views.year_copy, name="year_copy"),
    path(f"{LIST}attendance/", views.attendance_year, name="attendance_year"),
    path(f"{LIST}attendance/export/", views.attendance_year_export, name="attendance_year_export"),
    path(ONE, views.session_detail, name="session_detail"),
    path(f"{ONE}edit/", views.session_edit, name="session_edit"),
    path(f"{ONE}publication/", views.session_publish, name="session_publish"),
    path(f"{ONE}cancellation/", views.session_cancel, name="session_cancel"),
    path(f"{ONE}return/", views.session_bring_back, name="session_bring_back"),
    path(f"{ONE}copy/", views.session_copy, name="session_copy"),
    path(f"{ONE}rsvp/", views.rsvp_answer, name="rsvp_answer"),
    path(f"{ONE}answers/", views.answer_list, name="answer_list"),
    path(f"{ONE}answers/question/", views.answers_ask, name="answers_ask"),
    path(f"{ONE}tasks/<int:task_pk>/", views.task_tick, name="task_tick"),
    path(f"{ONE}session.ics", views.session_calendar, name="session_calendar"),
    path(f"{ONE}join/", views.session_join, name="session_join"),
    path(f"{ONE}close-out/", views.close_out, name="close_out"),
    path(f"{ONE}feedback/", views.feedback_edit, name="feedback_edit"),
    path(f"{ONE}record.html", views.record_export, name="record_export"),
    path(f"{ONE}rsvp/export/", views.rsvp_export, name="rsvp_export"),
    path(f"{ONE}attendance/", views.attendance_edit, name="attendance_edit"),
    path(f"{ONE}attendance/export/", views.attendance_export, name="attendance_export"),
    path(
        f"{ONE}attendance/changes/<int:change_pk>/undoing/",
        views.attendance_undo,
        name="attendance_undo",
    ),
    path(f"{ONE}attendance/lists/", views.attendance_import, name="attendance_import"),
    path(
        f"{ONE}attendance/lists/<int:list_pk>/",
        views.attendance_import_detail,
        name="attendance_import_detail",
    ),
    path(f"{ONE}chat/", views.transcript, name="transcript"),
    path(f"{ONE}chat/<int:seq>/discussion/", views.line_discuss, name="line_discuss"),
    path(f"{QUESTION}discussion/", views.question_discuss, name="question_discuss"),
    path(f"{QUESTION}letting-go/", views.question_let_go, name="question_let_go"),
    path(f"{ONE}chat/<int:seq>/removal/", views.line_remove, name="line_remove"),
    path(f"{ONE}chat/<int:seq>/return/", views.line_restore, name="line_restore"),
    path(f"{ONE}chat/<int:seq>/reaction/", views.line_react, name="line_react"),
    path(ROOM, views.room, name="room"),
    path(f"{ROOM}notes/", views.session_notes, name="notes"),
    path(f"{ROOM}titles/", views.link_titles, name="link_titles"),
    path(f"{ROOM}pace/", views.room_pace, name="room_pace"),
    path(f"{ROOM}mutes/<int:member_pk>/", views.member_mute, name="member_mute"),
    path(f"{ROOM}mutes/<int:member_pk>/removal/", views.member_unmute, name="member_unmute"),
    path(f"{ROOM}questions/", views.question_create, name="question_create"),
    path(f"{QUESTION}vote/", views.question_vote, name="question_vote"),
    settling("answer", "question_answered", "answered"),
    settling("later", "question_later", "later"),
    settling("hiding", "question_hidden", "hidden"),
    settling("return", "question_reopened", "open"),
    path(f"{ROOM}pulses/", views.pulse_list, name="pulse_list"),
    path(f"{ROOM}pulses/new/", views.pulse_create, name="pulse_create"),
    path(f"{PULSE}answer/", views.pulse_answer, name="pulse_answer"),
    path(f"{PULSE}closing/", views.pulse_close, name="pulse_close"),
]
