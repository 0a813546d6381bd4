"""Who found what helpful."""

from django.db import models
from django.utils import timezone

from cohort.models import Membership
from resources.models.resources import Resource


class HelpfulMark(models.Model):
    """Says "this helped me", once for a member; `Resource.helpful_count` is kept with it."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="helpful_marks")
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="helpful_marks")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource", "member"], name="found_helpful_once")
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} helped {self.member_id}"
