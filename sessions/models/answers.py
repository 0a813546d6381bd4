"""Who comes: what members answered."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership


class RSVP(models.Model):
    """What a member answered. A seat is taken by a yes only, under the session's row lock."""

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        MAYBE = "maybe", _("Maybe")
        NO = "no", _("No")

    session = models.ForeignKey(
        "learning_sessions.LearningSession", on_delete=models.CASCADE, related_name="rsvps"
    )
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="rsvps")
    answer = models.CharField(max_length=5, choices=Answer.choices)
    waitlisted_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(_("note to the hosts"), max_length=300, blank=True)
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "member"], name="rsvp_once_per_member")
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.answer}"

    @property
    def has_seat(self) -> bool:
        return self.answer == self.Answer.YES and self.waitlisted_at is None
