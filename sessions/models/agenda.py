"""What a session goes through, in order."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership, Team
from sessions.models.sessions import LearningSession


class AgendaItem(models.Model):
    """One part of a session. When it begins follows from the minutes of those before it."""

    session = models.ForeignKey(LearningSession, on_delete=models.CASCADE, related_name="agenda")
    position = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(24 * 60)]
    )
    title = models.CharField(max_length=160)
    notes = models.TextField(_("notes"), blank=True, max_length=2000)
    presenters = models.ManyToManyField(Membership, related_name="presents", blank=True)
    presenting_teams = models.ManyToManyField(Team, related_name="presents", blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            # Deferred, so that items can change places in one transaction.
            models.UniqueConstraint(
                fields=["session", "position"],
                name="agenda_item_place",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    def __str__(self) -> str:
        return self.title
