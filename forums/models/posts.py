from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort.models import Membership, Team
from cohort.models.scoped import audience_of
from forums.models.paths import DEEPEST, STEP
from forums.models.threads import Thread, opened_to

BODY_LIMIT = 20_000


class PostQuerySet(models.QuerySet["Post"]):
    def reachable_by(self, member: Membership) -> "PostQuerySet":
        """Also those of threads that were removed."""
        return self.filter(thread__cohort_id=member.cohort_id).filter(
            audience_of(member, "thread__space__")
        )

    def visible_to(self, member: Membership) -> "PostQuerySet":
        posts = self.reachable_by(member).filter(thread__deleted_at=None)
        return posts.filter(Q(parent=None) | Q(author=member) | opened_to(member, "thread__"))

    def standing(self) -> "PostQuerySet":
        """Neither removed nor hidden by a facilitator."""
        return self.filter(deleted_at=None, hidden_at=None)

    def untold(self) -> "PostQuerySet":
        """Those of which nobody has heard by mail yet."""
        return self.filter(told_at=None)

    def unrung(self) -> "PostQuerySet":
        """Those that no bell was told of yet."""
        return self.filter(rung_at=None)


class PostManager(models.Manager.from_queryset(PostQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> PostQuerySet:
        """Without the search vector, which no page reads."""
        return super().get_queryset().defer("search")


class Post(models.Model):
    """One contribution. The opening post is number 1; every other one answers a parent.

    Without an author it is somebody's who left, or `author_name`'s, who never had an account.
    """

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="posts")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.RESTRICT, related_name="replies"
    )
    author = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="posts"
    )
    author_name = models.CharField(max_length=120, blank=True)
    # Written in the facilitators' name rather than one's own.
    as_facilitator = models.BooleanField(default=False)
    # 1, 2, 3 … in order of arrival, given under the thread's row lock.
    number = models.PositiveIntegerField()
    # The steps of all ancestors and one's own: ordering by it walks the tree depth first.
    path = models.CharField(max_length=STEP * DEEPEST, db_collation="C")
    form_key = models.UUIDField(null=True, editable=False)
    # Made of the Message-ID a post came in with: the same mail imported twice is one post.
    source_key = models.UUIDField(null=True, editable=False, unique=True)

    body = models.TextField(help_text=gettext_lazy("Sanitized HTML."))
    body_text = models.TextField()
    # What else search finds it by: the names of the files in it.
    attached_names = models.TextField(blank=True)
    # What of this product its bare links lead to, as `cohort.references` names it: "thread:12".
    references = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    # +1 with each edit: whoever saves an older one is told.
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Taken out of sight by a facilitator; its author and they still see it.
    hidden_at = models.DateTimeField(null=True, blank=True)
    # When it was decided who hears of it by mail.
    told_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The same for what is told at once: bells and devices.
    rung_at = models.DateTimeField(null=True, blank=True, editable=False)

    search = models.GeneratedField(
        expression=SearchVector("body_text", "attached_names", config="english", weight="B"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = PostManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="post_number_in_thread"),
            models.UniqueConstraint(fields=["thread", "path"], name="post_path_in_thread"),
            models.UniqueConstraint(fields=["author", "form_key"], name="post_form_sent_once"),
        ]
        indexes = [
            GinIndex(fields=["search"], name="post_search"),
            # Where a thing was spoken of.
            GinIndex(fields=["references"], name="post_references"),
            models.Index(fields=["thread", "author"], name="post_by_author_in_thread"),
            # What search and feeds begin with: the latest.
            models.Index(fields=["created_at"], name="post_latest"),
            models.Index(
                fields=["author_name"], condition=~Q(author_name=""), name="post_by_outsider"
            ),
            models.Index(
                fields=["created_at"], condition=Q(told_at=None), name="post_not_told_yet"
            ),
            models.Index(
                fields=["created_at"], condition=Q(rung_at=None), name="post_not_rung_yet"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} #{self.number}"

    def get_absolute_url(self) -> str:
        """Lands on the post also when its thread has many pages."""
        return f"{self.thread.get_absolute_url()}?post={self.number}#post-{self.number}"

    @property
    def writer_name(self) -> str:
        if self.author:
            return self.author.user.name
        return self.author_name or _("Somebody who left")

    @property
    def is_opening(self) -> bool:
        return self.parent_id is None

    @property
    def stands(self) -> bool:
        """Neither removed nor hidden by a facilitator."""
        return self.deleted_at is None and self.hidden_at is None

    @property
    def depth(self) -> int:
        """0 for the opening post and for the replies to it, 1 for answers to those, …"""
        return max(0, len(self.path) // STEP - 2)


class Revision(models.Model):
    """What a post said before an edit. Gone with the post's text."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="revisions")
    # The version of the post that it was.
    version = models.PositiveIntegerField()
    body = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["post", "version"], name="revision_once_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.post_id} version {self.version}"


class MovedPost(models.Model):
    """Where a post went that was split off or merged: its old address leads there for good."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="moved_posts")
    number = models.PositiveIntegerField()
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="former_places")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="moved_post_once_per_place")
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} #{self.number} is now {self.post_id}"


class Mention(models.Model):
    """A member, or everybody in a team, was named in a post."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="mentions")
    member = models.ForeignKey(
        Membership, null=True, on_delete=models.CASCADE, related_name="mentions"
    )
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="mentions")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(member__isnull=False, team=None) | Q(member=None, team__isnull=False)),
                name="mention_of_a_person_or_a_team",
            ),
            models.UniqueConstraint(fields=["post", "member"], name="mention_of_a_person_once"),
            models.UniqueConstraint(fields=["post", "team"], name="mention_of_a_team_once"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id or self.team_id} in {self.post_id}"
