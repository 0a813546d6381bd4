"""What comes of a session: its close-out, what was taken further, and what people thought of it."""

from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership
from forums.models import Thread
from sessions.models.questions import Question
from sessions.models.room import ChatMessage
from sessions.models.sessions import LearningSession

FEEDBACK_IS_OPEN = timedelta(days=14)


class CloseOut(models.Model):
    """The hosts' work after a session. Finished, everybody it was for hears of the record."""

    session = models.OneToOneField(
        LearningSession, primary_key=True, on_delete=models.CASCADE, related_name="close_out"
    )
    next_steps = models.TextField(blank=True, help_text=_("Sanitized HTML."))
    next_steps_text = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return f"close-out of {self.session_id}"

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None


class FollowUp(models.Model):
    """What became of a line or a question, each once: a discussion, or it was let go."""

    session = models.ForeignKey(
        LearningSession, on_delete=models.CASCADE, related_name="follow_ups"
    )
    line = models.OneToOneField(
        ChatMessage, null=True, blank=True, on_delete=models.CASCADE, related_name="follow_up"
    )
    question = models.OneToOneField(
        Question, null=True, blank=True, on_delete=models.CASCADE, related_name="follow_up"
    )
    # None: it was let go.
    thread = models.OneToOneField(
        Thread, null=True, blank=True, on_delete=models.CASCADE, related_name="follow_up"
    )
    by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(line=None, question__isnull=False)
                | Q(line__isnull=False, question=None),
                name="follow_up_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"follow-up in {self.session_id}"


class Feedback(models.Model):
    """What somebody who was there thought of a session. Shown to nobody with a name."""

    # Fewer answers are not shown at all.
    FLOOR = 4
    WORDS_LIMIT = 2000

    session = models.ForeignKey(LearningSession, on_delete=models.CASCADE, related_name="feedback")
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="feedback")
    score = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    words = models.TextField(blank=True, max_length=WORDS_LIMIT)
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "member"], name="feedback_once_per_member"),
            models.CheckConstraint(
                condition=Q(score__gte=1, score__lte=5), name="feedback_from_one_to_five"
            ),
        ]

    def __str__(self) -> str:
        """Without the member: deleting a session in the admin lists what goes with it."""
        return f"feedback on {self.session_id}"


def feedback_closes_at(session: LearningSession, close_out: CloseOut | None) -> datetime:
    """Two weeks after the close-out, or after the session where it was not finished yet."""
    finished_at = close_out.finished_at if close_out else None
    return (finished_at or session.ends_at) + FEEDBACK_IS_OPEN
