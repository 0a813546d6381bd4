from datetime import timedelta

from django.db import models
from django.utils import timezone

from cohort.models.year import Cohort, Membership

KEPT_FOR = timedelta(days=7)


class RosterImport(models.Model):
    """A roster between being looked at and being applied.

    Only what was sent in is kept; what would happen is worked out anew each time it is shown,
    and once more when it is applied.
    """

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="roster_imports")
    by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    content = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True, blank=True)
    invited = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.cohort}, {self.created_at:%Y-%m-%d %H:%M}"
