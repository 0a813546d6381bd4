from django.db import models
from django.utils import timezone


class UnscannedFile(models.Model):
    """A stored file that came while the virus scanner was away, and has yet to be looked at."""

    path = models.CharField(max_length=120, unique=True)
    # Whose row names it: `resources.fileversion`.
    model = models.CharField(max_length=80)
    came_at = models.DateTimeField(default=timezone.now)
    # How often it was begun with, and until when nobody does again.
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.path
