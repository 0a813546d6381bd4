"""What addresses say about themselves: mail that came back, and where none goes any more."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.fields import AddressField


class Bounce(models.Model):
    """One mail that came back, or that somebody marked as spam."""

    class Kind(models.TextChoices):
        HARD = "hard", _("Refused for good")
        SOFT = "soft", _("Refused for now")
        COMPLAINT = "complaint", _("Marked as spam")

    address = AddressField()
    kind = models.CharField(max_length=9, choices=Kind.choices)
    # The server's or the provider's words.
    detail = models.CharField(max_length=200, blank=True)
    # The provider's name of this event, or the Message-ID of the report: told twice, kept once.
    event = models.CharField(max_length=200, unique=True)
    at = models.DateTimeField(default=timezone.now)
    # Whoever tries an address again starts counting anew.
    forgiven_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["address", "kind"], condition=Q(forgiven_at=None), name="bounce_counted"
            )
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.kind}"


class Suppression(models.Model):
    """An address that refuses mail: nothing goes to it until somebody tries it again."""

    class Why(models.TextChoices):
        BOUNCED = "bounced", _("Mail to it came back three times")
        COMPLAINED = "complained", _("Whoever reads it marked our mail as spam")

    address = AddressField(unique=True)
    # A `Why`, or staff's own words.
    reason = models.CharField(max_length=200)
    detail = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.address

    @property
    def why(self) -> str:
        """The reason as people read it."""
        known = dict(self.Why.choices)
        return str(known.get(self.reason, self.reason))
