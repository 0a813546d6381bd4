"""Answering lightly: reactions and polls."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership
from forums.models.posts import Post


class Reaction(models.Model):
    class Kind(models.TextChoices):
        THANKS = "thanks", _("Thanks")
        AGREE = "agree", _("Agree")
        LEARNED = "learned", _("Learned something")
        TRYING = "trying", _("Trying this")

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="reactions")
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="reactions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post", "member", "kind"], name="reaction_once_per_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.kind} to {self.post_id}"


class Poll(models.Model):
    """A question with options in a post."""

    # Of an anonymous poll nothing is shown before so many have voted. While it is open, what is
    # shown moves on by the votes of so many at once: one alone could be told by comparing.
    FLOOR = 4
    FEWEST_OPTIONS, MOST_OPTIONS = 2, 10

    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="poll")
    question = models.CharField(max_length=200)
    is_multiple = models.BooleanField(_("several may be chosen"), default=False)
    is_anonymous = models.BooleanField(_("nobody sees who chose what"), default=False)
    closes_at = models.DateTimeField(null=True, blank=True)
    # What is shown of an anonymous poll while it is open: how many voted, when it was counted.
    counted_voters = models.PositiveIntegerField(default=0, editable=False)
    counted_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return self.question

    @property
    def is_open(self) -> bool:
        return self.closes_at is None or timezone.now() < self.closes_at


class PollOption(models.Model):
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=160)
    # Votes when the poll was counted last; of an anonymous poll alone.
    counted = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["poll", "position"], name="poll_option_place_once")
        ]

    def __str__(self) -> str:
        return self.text


class PollVote(models.Model):
    """Who chose what. An anonymous poll keeps it too, so that none votes twice, and hides it."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="votes")
    option = models.ForeignKey(PollOption, on_delete=models.CASCADE, related_name="votes")
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="poll_votes")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["option", "member"], name="poll_vote_once_per_option")
        ]

    def __str__(self) -> str:
        """Without the voter: deleting a post in the admin lists what goes with it."""
        return f"a vote in poll {self.poll_id}"
