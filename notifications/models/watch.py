"""What is known of the parts that send: the mail server, beat and worker."""

from django.db import models
from django.utils import timezone


class Outage(models.Model):
    """The mail server is away: nobody tries it before `retry_at`, then one worker does."""

    server = models.CharField(max_length=100, primary_key=True)
    since = models.DateTimeField(default=timezone.now)
    retry_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.server}: {self.error}"


class Heartbeat(models.Model):
    """When beat and worker were last seen alive."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
