from datetime import date, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cohort.models import Cohort, Membership


class EditionNote(models.Model):
    """What the facilitators say on top of a week's editions, and what they are still writing.

    A week of editions begins on the day that most of them go out, a Tuesday, so that whoever chose
    another day gets the same note, later.
    """

    LIMIT = 6_000  # characters of its text
    # When most editions go out, by `Choices`; Monday is 0, as in datetime.date.weekday().
    FIRST_DAY, MAIN_HOUR = 1, 7

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="edition_notes")
    week = models.DateField(help_text="The first of the seven days whose editions it stands in.")
    body = models.TextField(blank=True, help_text="Sanitized HTML; what the editions say.")
    body_text = models.TextField(blank=True)
    # As it goes on being written, kept as one types; empty where nothing differs from the body.
    draft = models.TextField(blank=True)
    drafted_by = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    drafted_at = models.DateTimeField(null=True)
    # +1 with each change that is published: whoever saves over an older one is told.
    version = models.PositiveIntegerField(default=0)
    author = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    # Since when editions carry it; a change leaves it, so that nobody is told twice.
    published_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-week"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "week"], name="note_one_per_week"),
            # ISO counts from Monday, which is 1.
            models.CheckConstraint(
                condition=Q(week__iso_week_day=2), name="note_week_begins_on_tuesday"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id}: {self.week}"

    @property
    def last_day(self) -> date:
        return self.week + timedelta(days=6)

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


def week_of(day: date) -> date:
    """The first day of the week of editions that a day belongs to."""
    return day - timedelta(days=(day.weekday() - EditionNote.FIRST_DAY) % 7)
