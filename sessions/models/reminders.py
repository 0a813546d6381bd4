from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cohort.models import Cohort

HOUR, DAY = 60, 24 * 60
LONGEST = 28 * DAY


class ReminderRule(models.Model):
    """How long before its sessions a cohort reminds whom."""

    MOST = 6

    class Audience(models.TextChoices):
        UNANSWERED = "unanswered", _("Those who have not answered")
        COMING = "coming", _("Those who said yes or maybe")
        EVERYBODY = "everybody", _("Everybody but those who said no")

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="reminder_rules")
    minutes = models.PositiveIntegerField(
        _("minutes before"), validators=[MinValueValidator(1), MaxValueValidator(LONGEST)]
    )
    audience = models.CharField(_("who"), max_length=10, choices=Audience.choices)

    class Meta:
        ordering = ["-minutes", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "minutes", "audience"], name="reminder_rule_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.minutes} min: {self.audience}"


# A week ahead to whoever has not answered; a day, and just before, to whoever comes.
DEFAULTS = (
    (7 * DAY, ReminderRule.Audience.UNANSWERED),
    (DAY, ReminderRule.Audience.COMING),
    (15, ReminderRule.Audience.COMING),
)
