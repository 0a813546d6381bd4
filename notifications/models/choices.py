"""What people want to hear of, by which way, and when."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership


class Rhythm(models.TextChoices):
    WEEKLY = "weekly", _("Once a week")
    DAILY = "daily", _("Every day")
    NEVER = "never", _("Never")


class Choices(models.Model):
    """What mail a member wants. A row appears when they join; the defaults are published."""

    member = models.OneToOneField(
        Membership, primary_key=True, on_delete=models.CASCADE, related_name="mail_choices"
    )
    edition = models.CharField(max_length=8, choices=Rhythm.choices, default=Rhythm.WEEKLY)
    # Monday is 0, as in datetime.date.weekday().
    edition_weekday = models.PositiveSmallIntegerField(default=1, validators=[MaxValueValidator(6)])
    edition_hour = models.PositiveSmallIntegerField(
        default=7, validators=[MinValueValidator(0), MaxValueValidator(23)]
    )
    # Where they chose otherwise than the published defaults: "topic:way" (`registry.Topic`).
    switched = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    # No mail and no push before this day, in their own zone, but for service mail.
    paused_until = models.DateField(null=True, blank=True)
    # Everything older was in an edition already; moves only when one was sent.
    edition_mark = models.DateTimeField(null=True, blank=True)
    # When the rhythm was chosen: no edition goes out for an hour that had passed by then.
    edition_set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "choices"

    def __str__(self) -> str:
        return f"{self.member}: {self.edition}"

    def is_paused_on(self, day: date) -> bool:
        """Whether they want to hear nothing on a day of their own zone."""
        return self.paused_until is not None and day < self.paused_until
