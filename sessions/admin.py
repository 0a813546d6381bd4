from django.contrib import admin

from sessions.models import RSVP, Attendance, LearningSession


@admin.register(LearningSession)
class LearningSessionAdmin(admin.ModelAdmin):
    list_display = ["title", "cohort", "kind", "status", "starts_at"]
    list_filter = ["cohort", "status", "kind"]
    search_fields = ["title"]
    # Time and status are the services' to change: they keep calendars and reminders true.
    readonly_fields = [
        "status",
        "local_date",
        "local_time",
        "local_fold",
        "time_zone",
        "minutes",
        "starts_at",
        "ends_at",
        "schedule_version",
        "ics_sequence",
        "public_id",
        "form_key",
        "summarized_at",
        "created_at",
        "updated_at",
    ]
    exclude = ["themes", "resources", "threads", "search"]

    def has_add_permission(self, request: object) -> bool:
        return False


@admin.register(RSVP)
class RSVPAdmin(admin.ModelAdmin):
    list_display = ["session", "member", "answer", "waitlisted_at", "answered_at"]
    list_filter = ["answer", "session__cohort"]
    list_select_related = ["session", "member__user"]
    raw_id_fields = ["session", "member"]


@admin.register(Attendance)
class AttendanceAdmin(admin.ModelAdmin):
    list_display = ["session", "member", "mark", "joined_at"]
    list_filter = ["mark", "session__cohort"]
    list_select_related = ["session", "member__user"]
    raw_id_fields = ["session", "member"]
