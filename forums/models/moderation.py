from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership
from forums.models.posts import Post


class FlagQuerySet(models.QuerySet["Flag"]):
    def visible_to(self, member: Membership) -> "FlagQuerySet":
        """A facilitator's, of the cohort."""
        mine = self.filter(post__thread__cohort_id=member.cohort_id)
        return mine if member.is_facilitator else self.none()

    def waiting(self) -> "FlagQuerySet":
        return self.filter(state__in=[Flag.State.OPEN, Flag.State.ASKED])


class Flag(models.Model):
    """A member asks the facilitators to look at a post, and what came of it."""

    class Reason(models.TextChoices):
        PRIVATE = "private", _("It tells something private, about a student or a colleague")
        UNKIND = "unkind", _("It is unkind")
        WRONG = "wrong", _("It is wrong or misleading")
        ELSEWHERE = "elsewhere", _("It belongs elsewhere")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        OPEN = "open", _("Waiting")
        ASKED = "asked", _("Author asked")
        KEPT = "kept", _("Kept")
        HIDDEN = "hidden", _("Hidden")

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="flags")
    flagged_by = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="flags"
    )
    reason = models.CharField(max_length=10, choices=Reason.choices)
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    # What the facilitators say to the author.
    words = models.CharField(max_length=500, blank=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post", "flagged_by"],
                condition=Q(state__in=["open", "asked"]),
                name="flag_waits_once_per_member",
            )
        ]

    def __str__(self) -> str:
        return f"{self.post_id}: {self.reason}"
