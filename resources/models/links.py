"""Whether the links of the library still lead somewhere."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cohort.models import Membership
from resources.models.resources import Resource


class LinkCheckQuerySet(models.QuerySet["LinkCheck"]):
    def visible_to(self, member: Membership) -> "LinkCheckQuerySet":
        return self.filter(resource__in=Resource.objects.visible_to(member))

    def dead(self) -> "LinkCheckQuerySet":
        """Of links as they are now: one that was changed since has not been looked at yet."""
        return self.filter(dead_at__isnull=False, url=F("resource__url"))


class LinkCheck(models.Model):
    """What was found at a resource's link the last times. A worker makes and keeps it."""

    resource = models.OneToOneField(Resource, on_delete=models.CASCADE, related_name="link_check")
    url = models.URLField(max_length=1000)
    due_at = models.DateTimeField(default=timezone.now, db_index=True)
    checked_at = models.DateTimeField(null=True)
    # When the first of the failures in a row was, and when one on another day confirmed it.
    failing_since = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)

    objects = LinkCheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(dead_at=None) | Q(failing_since__lt=F("dead_at")),
                name="link_dies_after_it_failed",
            )
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def is_dead(self) -> bool:
        return self.dead_at is not None
