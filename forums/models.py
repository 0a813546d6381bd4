"""Discussions: spaces hold threads, threads hold a tree of posts."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import ItemBase

from cohort.models import Cohort, Membership, Scoped, ScopedQuerySet, Tag, Theme
from cohort.models.scoped import audience_of

# A path is a row of these, so that ordering by it walks the tree: 36 ** 4 posts a thread.
STEP = 4
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
BODY_LIMIT = 20_000


def path_step(number: int) -> str:
    """A post's number as a fixed-width step of a path: sorts as text as it sorts as a number."""
    step = ""
    for _digit in range(STEP):
        number, rest = divmod(number, len(DIGITS))
        step = DIGITS[rest] + step
    return step


class SpaceQuerySet(ScopedQuerySet["Space"]):
    def in_order(self) -> "SpaceQuerySet":
        return self.order_by("position", "name")


class Space(Scoped):
    """A room for discussions: the cohort's, one team's, or the facilitators' own."""

    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = SpaceQuerySet.as_manager()

    class Meta(Scoped.Meta):
        ordering = ["position", "name"]
        constraints = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["cohort", "slug"], name="space_slug_once_per_cohort"),
            models.UniqueConstraint(
                fields=["team"], condition=Q(audience="team"), name="space_one_per_team"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('forums:thread_list', args=[self.cohort.slug])}?space={self.slug}"


class ThreadTheme(ItemBase):
    content_object = models.ForeignKey("Thread", on_delete=models.CASCADE)
    tag = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="thread_items")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["content_object", "tag"], name="thread_has_a_theme_once"
            )
        ]


class ThreadTag(ItemBase):
    content_object = models.ForeignKey("Thread", on_delete=models.CASCADE)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="thread_items")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="thread_has_a_tag_once")
        ]


class ThreadQuerySet(models.QuerySet["Thread"]):
    def reachable_by(self, member: Membership) -> "ThreadQuerySet":
        """Also those that were removed: to tell a writer what became of one."""
        return self.filter(cohort_id=member.cohort_id).filter(audience_of(member, "space__"))

    def visible_to(self, member: Membership) -> "ThreadQuerySet":
        return self.reachable_by(member).filter(deleted_at=None)

    def latest_first(self) -> "ThreadQuerySet":
        return self.order_by(F("pinned_at").desc(nulls_last=True), "-last_posted_at", "-pk")

    def unanswered(self) -> "ThreadQuerySet":
        return self.filter(kind=Thread.Kind.QUESTION, answer=None, closed_at=None)

    def joined_by(self, member: Membership) -> "ThreadQuerySet":
        """Those that the member began or wrote in."""
        wrote = Post.objects.filter(thread=OuterRef("pk"), author=member)
        return self.filter(Q(author=member) | Exists(wrote))

    def with_reading(self, member: Membership) -> "ThreadQuerySet":
        """Each with `read_number`: how far the member has read it, None if never opened."""
        return self.annotate(
            reading=FilteredRelation("readings", condition=Q(readings__member=member)),
            read_number=F("reading__number"),
        )

    def unread_by(self, member: Membership) -> "ThreadQuerySet":
        return self.with_reading(member).filter(
            Q(read_number=None) | Q(read_number__lt=F("last_number"))
        )

    def with_themes(self) -> "ThreadQuerySet":
        """Each with `theme_list`: its curated themes as plain rows, without a query per thread."""
        themes = (
            Theme.objects.filter(thread_items__content_object=OuterRef("pk"))
            .order_by("position")
            .values(
                row=JSONObject(
                    name="name", slug="slug", color="color", is_lesson=Q(parent__isnull=False)
                )
            )
        )
        return self.annotate(theme_list=ArraySubquery(themes))

    def with_tags(self) -> "ThreadQuerySet":
        """Each with `tag_list`: the names of its free tags."""
        tags = Tag.objects.filter(thread_items__content_object=OuterRef("pk")).order_by("name")
        return self.annotate(tag_list=ArraySubquery(tags.values("name")))


class ThreadManager(models.Manager.from_queryset(ThreadQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> ThreadQuerySet:
        """Without the search vector, which no page reads."""
        return super().get_queryset().defer("search")


class Thread(models.Model):  # type: ignore[django-manager-missing]
    class Kind(models.TextChoices):
        DISCUSSION = "discussion", _("Discussion")
        QUESTION = "question", _("Question")
        WIN = "win", _("Win")
        DILEMMA = "dilemma", _("Dilemma")
        ANNOUNCEMENT = "announcement", _("Announcement")

    # The space's cohort, kept here for the index; a thread never changes its cohort.
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="threads")
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="threads")
    author = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="threads"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.DISCUSSION)
    title = models.CharField(max_length=140)
    # What the browser made up when the form was opened: the same form sent twice is one thread.
    form_key = models.UUIDField(null=True, editable=False)

    created_at = models.DateTimeField(default=timezone.now)
    pinned_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Its opening post was removed before anybody had answered.
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    answer = models.ForeignKey(
        "Post", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    # Kept by the services in the transaction that adds a post.
    last_posted_at = models.DateTimeField(default=timezone.now)
    last_post_by = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    last_number = models.PositiveIntegerField(default=0)
    reply_count = models.PositiveIntegerField(default=0)

    themes = TaggableManager(through=ThreadTheme, related_name="threads", verbose_name=_("themes"))
    tags = TaggableManager(
        through=ThreadTag, related_name="threads", verbose_name=_("tags"), blank=True
    )

    # Put on by queries: `with_reading`, and what a row of a list shows.
    read_number: int | None
    unread: int
    is_unopened: bool
    author_chip: Any
    activity: str
    replies: str

    search = models.GeneratedField(
        expression=SearchVector("title", config="english", weight="A"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ThreadManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "form_key"], name="thread_form_sent_once")
        ]
        # In the order of the lists, so that a page costs the same among many threads.
        indexes = [
            models.Index(
                "cohort",
                F("pinned_at").desc(nulls_last=True),
                F("last_posted_at").desc(),
                F("id").desc(),
                condition=Q(deleted_at=None),
                name="thread_by_activity",
            ),
            models.Index(
                "cohort",
                F("pinned_at").desc(nulls_last=True),
                F("created_at").desc(),
                F("id").desc(),
                condition=Q(deleted_at=None),
                name="thread_by_age",
            ),
            models.Index(
                "space",
                F("pinned_at").desc(nulls_last=True),
                F("last_posted_at").desc(),
                F("id").desc(),
                condition=Q(deleted_at=None),
                name="thread_by_space",
            ),
            models.Index(
                fields=["cohort", "-last_posted_at"],
                condition=Q(deleted_at=None),
                name="thread_news",
            ),
            models.Index(
                fields=["cohort", "created_at"],
                condition=Q(kind="question", answer=None, closed_at=None),
                name="thread_unanswered",
            ),
            GinIndex(fields=["search"], name="thread_search"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("forums:thread_detail", args=[self.cohort.slug, self.pk])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_question(self) -> bool:
        return self.kind == self.Kind.QUESTION


class PostQuerySet(models.QuerySet["Post"]):
    def reachable_by(self, member: Membership) -> "PostQuerySet":
        """Also those of threads that were removed."""
        return self.filter(thread__cohort_id=member.cohort_id).filter(
            audience_of(member, "thread__space__")
        )

    def visible_to(self, member: Membership) -> "PostQuerySet":
        return self.reachable_by(member).filter(thread__deleted_at=None)

    def standing(self) -> "PostQuerySet":
        return self.filter(deleted_at=None)

    def in_tree_order(self) -> "PostQuerySet":
        return self.order_by("path")


class PostManager(models.Manager.from_queryset(PostQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> PostQuerySet:
        """Without the search vector, which no page reads."""
        return super().get_queryset().defer("search")


class Post(models.Model):
    """One contribution. The opening post is number 1; every other one answers a parent."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="posts")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.RESTRICT, related_name="replies"
    )
    author = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="posts"
    )
    # 1, 2, 3 … in order of arrival, given under the thread's row lock.
    number = models.PositiveIntegerField()
    # The steps of all ancestors and one's own: ordering by it walks the tree depth first.
    path = models.CharField(max_length=STEP * 500, db_collation="C")
    form_key = models.UUIDField(null=True, editable=False)

    body = models.TextField(help_text=_("Sanitized HTML."))
    body_text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    search = models.GeneratedField(
        expression=SearchVector("body_text", config="english", weight="B"),
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
            models.Index(fields=["thread", "author"], name="post_by_author_in_thread"),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} #{self.number}"

    def get_absolute_url(self) -> str:
        """Lands on the post also when its thread has many pages."""
        return f"{self.thread.get_absolute_url()}?post={self.number}#post-{self.number}"

    @property
    def is_opening(self) -> bool:
        return self.parent_id is None

    @property
    def depth(self) -> int:
        """0 for the opening post and for the replies to it, 1 for answers to those, …"""
        return max(0, len(self.path) // STEP - 2)


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
