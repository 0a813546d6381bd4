"""What a member keeps for themselves: how far they read, what they follow, save and draft."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership, Tag, Theme
from forums.models.posts import Post
from forums.models.spaces import Space
from forums.models.threads import Thread


class Reading(models.Model):
    """How far a member has read a thread: up to and with this number."""

    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="readings")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="readings")
    number = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "thread"], name="reading_once_per_thread")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.thread_id}: {self.number}"


class Level(models.TextChoices):
    """How much of something a member wants to hear."""

    EVERYTHING = "everything", _("Everything")
    CONCERNS = "concerns", _("What concerns me")
    QUIET = "quiet", _("Quiet")


class Follow(models.Model):
    """What a member chose to hear of a space or a thread, or a theme or tag they follow.

    A thread's own level goes before its space's; without any it is "what concerns me": mentions,
    replies to oneself, and what is written where one takes part. A theme or tag is followed
    (EVERYTHING) or has no row.
    """

    OBJECTS = ("space", "thread", "theme", "tag")

    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="follows")
    level = models.CharField(max_length=10, choices=Level.choices, default=Level.EVERYTHING)
    space = models.ForeignKey(Space, null=True, on_delete=models.CASCADE, related_name="follows")
    thread = models.ForeignKey(Thread, null=True, on_delete=models.CASCADE, related_name="follows")
    theme = models.ForeignKey(Theme, null=True, on_delete=models.CASCADE, related_name="follows")
    tag = models.ForeignKey(Tag, null=True, on_delete=models.CASCADE, related_name="follows")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(space__isnull=False, thread=None, theme=None, tag=None)
                    | Q(space=None, thread__isnull=False, theme=None, tag=None)
                    | Q(space=None, thread=None, theme__isnull=False, tag=None)
                    | Q(space=None, thread=None, theme=None, tag__isnull=False)
                ),
                name="follow_of_one_thing",
            ),
            models.UniqueConstraint(fields=["member", "space"], name="follow_space_once"),
            models.UniqueConstraint(fields=["member", "thread"], name="follow_thread_once"),
            models.UniqueConstraint(fields=["member", "theme"], name="follow_theme_once"),
            models.UniqueConstraint(fields=["member", "tag"], name="follow_tag_once"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.level}"


class Bookmark(models.Model):
    """A post that a member saved for later."""

    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="bookmarks")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="bookmarks")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "post"], name="bookmark_once_per_post")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} saved {self.post_id}"


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, member: Membership) -> "DraftQuerySet":
        """Nobody's but one's own."""
        return self.filter(member=member)


class Draft(models.Model):
    """What a member is writing, kept as they type, until it is sent or thrown away.

    `place` says where: "new:5" (a thread begun in a space), "new" (one begun in none), "thread:12"
    (a reply), "post:34" (an edit), "about:resource:56" (the first comment on a thing), or what
    `forums.draft_places` knows.
    """

    MOST = 50
    # Characters of its text; beyond it is kept by the browser alone.
    LIMIT = 300_000
    KEPT = timedelta(days=60)

    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="drafts")
    place = models.CharField(max_length=60)
    title = models.CharField(max_length=140, blank=True)
    body = models.TextField(help_text=_("As typed; sanitized when it is shown in an editor."))
    is_html = models.BooleanField(default=False)
    # The other fields of the form by name, as posted: themes, kind, space, parent.
    fields = models.JSONField(default=dict)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "place"], name="draft_once_per_place")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} at {self.place}"
