"""What is known of the parts that send: the mail server, its limits, beat and worker."""

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


class Allowance(models.Model):
    """How much a provider takes of all workers together: a second, and a day."""

    server = models.CharField(max_length=100, primary_key=True)
    # The moment of the next mail, where mails follow each other at the provider's pace.
    next_at = models.DateTimeField(default=timezone.now)
    day = models.DateField(null=True)  # in UTC, as providers count
    taken = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.server}: {self.taken} on {self.day}"


class Heartbeat(models.Model):
    """When beat and worker were last seen alive."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
