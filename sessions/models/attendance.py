"""Who came: what is known of it, who said so, and how long somebody was in the room."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership
from sessions.models.sessions import LearningSession


class Attendance(models.Model):
    """Whether a member came; separate from what they answered. No row, or no mark: unknown."""

    class Mark(models.TextChoices):
        ATTENDED = "attended", _("Attended")
        PARTLY = "partly", _("Partly")
        EXCUSED = "excused", _("Excused")
        ABSENT = "absent", _("Absent")

    class Source(models.TextChoices):
        JOIN = "join", _("Joined through the button")
        ROOM = "room", _("Was in the live room")
        LIST = "list", _("By the meeting’s list")
        PERSON = "person", _("Set by hand")

    # Who counts as having been there.
    THERE = (Mark.ATTENDED, Mark.PARTLY)

    session = models.ForeignKey(
        LearningSession, on_delete=models.CASCADE, related_name="attendances"
    )
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="attendances")
    mark = models.CharField(max_length=8, choices=Mark.choices, blank=True)
    source = models.CharField(max_length=6, choices=Source.choices, default=Source.PERSON)
    set_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    set_at = models.DateTimeField(default=timezone.now)
    joined_at = models.DateTimeField(null=True, blank=True)
    # In the meeting, by the list of whoever hosts it.
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "member"], name="attendance_once_per_member")
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.mark or 'unknown'}"

    @property
    def is_set_by_hand(self) -> bool:
        return self.source == self.Source.PERSON and bool(self.mark)


class RoomStay(models.Model):
    """How long a member was in a session's live room while the session was on."""

    session = models.ForeignKey(LearningSession, on_delete=models.CASCADE, related_name="stays")
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="room_stays")
    came_at = models.DateTimeField()
    last_at = models.DateTimeField()
    seconds = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "member"], name="room_stay_once_per_member")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.session_id}: {self.seconds} s"


class AttendanceChange(models.Model):
    """One change of marks, of however many people, with what was there before: to be undone."""

    # Older ones of a session are forgotten.
    MOST_KEPT = 30

    session = models.ForeignKey(
        LearningSession, on_delete=models.CASCADE, related_name="attendance_changes"
    )
    by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # The mark all were given; empty for unknown, and where a list gave each their own.
    mark = models.CharField(max_length=8, choices=Attendance.Mark.choices, blank=True)
    source = models.CharField(max_length=6, choices=Attendance.Source.choices)
    # By membership: {"mark", "source", "set_by", "set_at", "minutes"}, or null for no row.
    before = models.JSONField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["session", "-at"], name="attendance_change_latest")]

    def __str__(self) -> str:
        return f"{len(self.before)} in {self.session_id}"

    @property
    def people(self) -> int:
        return len(self.before)


class MeetingList(models.Model):
    """A meeting's list of participants between being looked at and being applied.

    `rows` are people as the list names them: `{"name", "address", "minutes"}`.
    `choices` says by row which membership it is, 0 for left out; what is missing is guessed anew.
    """

    class Provider(models.TextChoices):
        ZOOM = "zoom", "Zoom"
        MEET = "meet", "Google Meet"
        TEAMS = "teams", "Microsoft Teams"
        OTHER = "other", _("Another list")

    MOST_KEPT = 20

    session = models.ForeignKey(
        LearningSession, on_delete=models.CASCADE, related_name="meeting_lists"
    )
    by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    file_name = models.CharField(max_length=200, blank=True)
    provider = models.CharField(max_length=5, choices=Provider.choices)
    rows = models.JSONField()
    choices = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.provider} for {self.session_id}"
