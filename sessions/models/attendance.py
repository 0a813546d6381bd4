"""Who came."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership
from sessions.models.sessions import LearningSession


class Attendance(models.Model):
    """Whether a member came; separate from what they answered. No row: unknown."""

    class Mark(models.TextChoices):
        ATTENDED = "attended", _("Attended")
        PARTLY = "partly", _("Partly")
        EXCUSED = "excused", _("Excused")
        ABSENT = "absent", _("Absent")

    session = models.ForeignKey(
        LearningSession, on_delete=models.CASCADE, related_name="attendances"
    )
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="attendances")
    mark = models.CharField(max_length=8, choices=Mark.choices)
    joined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "member"], name="attendance_once_per_member")
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.mark}"
