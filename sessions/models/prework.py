"""What members do before a session, and who has done it."""

from django.db import models
from django.utils import timezone

from cohort.models import Membership
from sessions.models.sessions import LearningSession


class PreworkTask(models.Model):
    """One line of what to do before a session; members tick it for themselves."""

    MOST = 20

    session = models.ForeignKey(LearningSession, on_delete=models.CASCADE, related_name="tasks")
    position = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=300)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.words


class TaskTick(models.Model):
    """A member has done a task. Facilitators see it; to others it is nobody's business."""

    task = models.ForeignKey(PreworkTask, on_delete=models.CASCADE, related_name="ticks")
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="task_ticks")
    ticked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "member"], name="task_ticked_once_per_member")
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.task}"
