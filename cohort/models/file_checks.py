from django.db import models
from django.utils import timezone


class FileCheck(models.Model):
    """One look at whether every row had its file and every file its row."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    files = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    missing = models.PositiveIntegerField()
    without_row = models.PositiveIntegerField()
    # The first of what was found, a line each, for whoever mends it.
    report = models.TextField(blank=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
