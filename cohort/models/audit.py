from django.db import models


class AuditEntry(models.Model):
    """One line of what was done to roles, memberships, invitations, exports and tokens.

    Append-only: a trigger refuses updates and deletions, so it names rows by id and in words
    instead of by foreign keys. It never holds a secret.
    """

    at = models.DateTimeField(auto_now_add=True)
    cohort_pk = models.BigIntegerField(null=True, db_index=True)
    actor_pk = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120, blank=True)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.action}: {self.subject}"
