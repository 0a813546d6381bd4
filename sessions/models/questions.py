"""The question lane of a live room."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership
from cohort.models.scoped import audience_of
from sessions.models.room import Room
from sessions.models.sessions import LearningSession

QUESTION_LIMIT = 500


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, member: Membership) -> "QuestionQuerySet":
        questions = self.filter(audience_of(member, "room__session__"))
        if member.is_facilitator:
            return questions
        return questions.exclude(room__session__status=LearningSession.Status.DRAFT).exclude(
            state=Question.State.HIDDEN
        )


class Question(models.Model):
    """Something to be answered live. Of one without a name only facilitators learn who asked."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ANSWERED = "answered", _("Answered live")
        LATER = "later", _("To take up later")
        HIDDEN = "hidden", _("Hidden")

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="questions")
    asker = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="questions"
    )
    is_nameless = models.BooleanField(_("without my name"), default=False)
    text = models.CharField(max_length=QUESTION_LIMIT)
    # One form asks once, however often it is sent.
    form_key = models.UUIDField(default=uuid.uuid4)
    created_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    settled_at = models.DateTimeField(null=True, blank=True)
    votes = models.PositiveIntegerField(default=0)
    # The room's `last_rev` at the latest change, asking included.
    rev = models.PositiveBigIntegerField(default=0)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["-votes", "created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["room", "form_key"], name="question_asked_once")
        ]
        indexes = [models.Index(fields=["room", "rev"], name="question_rev")]

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    def asker_for(self, member: Membership) -> Membership | None:
        """Who asked, as far as this member may know it."""
        if self.is_nameless and not member.is_facilitator and self.asker_id != member.pk:
            return None
        return self.asker


class QuestionVote(models.Model):
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="voted")
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="question_votes")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "member"], name="question_vote_once")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} for {self.question_id}"
