"""Quick pulses: one question to everybody in the room, answered once."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership
from cohort.models.scoped import audience_of
from sessions.models.room import Room
from sessions.models.sessions import LearningSession

SCALE = ("1", "2", "3", "4", "5")
ANSWER_LIMIT = 60


class PulseQuerySet(models.QuerySet["Pulse"]):
    def visible_to(self, member: Membership) -> "PulseQuerySet":
        pulses = self.filter(audience_of(member, "room__session__"))
        if member.is_facilitator:
            return pulses
        return pulses.exclude(room__session__status=LearningSession.Status.DRAFT)


class Pulse(models.Model):
    """Asked by a facilitator; open until closed, one at a time in a room.

    An answer is kept as the text it chose: "1" to "5", one of the choices, or a few words.
    """

    class Kind(models.TextChoices):
        SCALE = "scale", _("1 to 5")
        CHOICE = "choice", _("Choices")
        WORDS = "words", _("A few words")

    # Of an anonymous pulse nothing is shown before so many have answered, and what is shown moves
    # on by so many at once: one answer alone could be told by comparing.
    FLOOR = 4
    FEWEST_CHOICES, MOST_CHOICES = 2, 6

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="pulses")
    asked_by = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="pulses"
    )
    question = models.CharField(max_length=200)
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.SCALE)
    choices = ArrayField(models.CharField(max_length=ANSWER_LIMIT), default=list, blank=True)
    is_anonymous = models.BooleanField(_("nobody sees who answered what"), default=True)
    form_key = models.UUIDField(default=uuid.uuid4)
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    # What is shown of an anonymous pulse: how often each answer, of how many, counted when.
    counted = models.JSONField(default=dict, editable=False)
    counted_answers = models.PositiveIntegerField(default=0, editable=False)
    counted_at = models.DateTimeField(null=True, editable=False)
    rev = models.PositiveBigIntegerField(default=0)

    objects = PulseQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["room"], condition=Q(closed_at=None), name="pulse_one_open_in_a_room"
            ),
            models.UniqueConstraint(fields=["room", "form_key"], name="pulse_asked_once"),
        ]
        indexes = [models.Index(fields=["room", "rev"], name="pulse_rev")]

    def __str__(self) -> str:
        return self.question

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def offered(self) -> list[str]:
        """What one may choose from; nothing where one writes words."""
        if self.kind == self.Kind.SCALE:
            return list(SCALE)
        return list(self.choices)


class PulseAnswer(models.Model):
    """Who answered what. An anonymous pulse keeps it too, so that none answers twice."""

    pulse = models.ForeignKey(Pulse, on_delete=models.CASCADE, related_name="answers")
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="pulse_answers")
    text = models.CharField(max_length=ANSWER_LIMIT)
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pulse", "member"], name="pulse_answer_once")
        ]

    def __str__(self) -> str:
        """Without the member: deleting a pulse in the admin lists what goes with it."""
        return f"an answer to pulse {self.pulse_id}"
