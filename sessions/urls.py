from django.urls import path

from sessions import views

app_name = "sessions"

LIST = "c/<slug:cohort_slug>/sessions/"
ONE = f"{LIST}<int:session_pk>/"

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
    path(f"{LIST}new/", views.session_create, name="session_create"),
    path(ONE, views.session_detail, name="session_detail"),
    path(f"{ONE}edit/", views.session_edit, name="session_edit"),
    path(f"{ONE}publication/", views.session_publish, name="session_publish"),
    path(f"{ONE}cancellation/", views.session_cancel, name="session_cancel"),
    path(f"{ONE}return/", views.session_bring_back, name="session_bring_back"),
    path(f"{ONE}rsvp/", views.rsvp_answer, name="rsvp_answer"),
    path(f"{ONE}session.ics", views.session_calendar, name="session_calendar"),
    path(f"{ONE}join/", views.session_join, name="session_join"),
    path(f"{ONE}summary/", views.summary_edit, name="summary_edit"),
    path(f"{ONE}attendance/", views.attendance_edit, name="attendance_edit"),
    path(f"{ONE}chat/", views.transcript, name="transcript"),
    path(f"{ONE}chat/<int:seq>/removal/", views.line_remove, name="line_remove"),
    path(f"{ONE}chat/<int:seq>/return/", views.line_restore, name="line_restore"),
]
