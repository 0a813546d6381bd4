from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import ItemBase

from cohort.models import Cohort, Membership, Tag, Theme
from cohort.models.scoped import audience_of
from forums.models.spaces import Space


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


def opened_to(member: Membership, prefix: str = "") -> Q:
    """The threads whose replies the member may read: not where each answers before reading.

    Such a thread opens to whoever has a standing reply in it, to who began it, to facilitators,
    and to everybody once it is closed. `prefix` leads to the thread, as in `thread__`. The same
    fact about one row is `Thread.is_opened_to`.
    """
    if member.is_facilitator:
        return ~Q(pk__in=[])  # every row
    from forums.models.posts import Post

    answers = Post.objects.standing().filter(
        thread=OuterRef(f"{prefix}pk"), author=member, parent__isnull=False
    )
    return Q(
        Q(**{f"{prefix}answers_first": False}),
        Q(**{f"{prefix}closed_at__isnull": False}),
        Q(**{f"{prefix}author": member}),
        Exists(answers),
        _connector=Q.OR,
    )


class ThreadQuerySet(models.QuerySet["Thread"]):
    def reachable_by(self, member: Membership) -> "ThreadQuerySet":
        """Also those that were removed: to tell a writer what became of one."""
        return self.filter(cohort_id=member.cohort_id).filter(audience_of(member, "space__"))

    def visible_to(self, member: Membership) -> "ThreadQuerySet":
        return self.reachable_by(member).filter(deleted_at=None)

    def awaiting_answer_of(self, member: Membership) -> "ThreadQuerySet":
        """Those whose replies stay closed to the member until they have written their own."""
        return self.exclude(opened_to(member))

    def about(self, reference: str) -> "ThreadQuerySet":
        """The discussion of a thing; none or one."""
        return self.filter(about=reference, deleted_at=None)

    def latest_first(self) -> "ThreadQuerySet":
        return self.order_by(F("pinned_at").desc(nulls_last=True), "-last_posted_at", "-pk")

    def unanswered(self) -> "ThreadQuerySet":
        return self.filter(kind=Thread.Kind.QUESTION, answer=None, closed_at=None)

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
    # Facilitators show it on home.
    featured_at = models.DateTimeField(null=True, blank=True)
    # When it went out by mail to everybody who can see it; once.
    announced_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Nothing of it is left standing, or all of it moved into another thread.
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    # What of this product it speaks of, as `cohort.references` names it ("resource:12"): it is that
    # thing's own discussion, shown on its page.
    about = models.CharField(max_length=60, blank=True, editable=False)
    # Others' replies stay closed to a member until they have written their own.
    answers_first = models.BooleanField(default=False)
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

    # Put on by queries: `with_reading`, `opened_by`, and what a row of a list shows.
    read_number: int | None
    draft: dict[str, Any] | None
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
            models.UniqueConstraint(fields=["author", "form_key"], name="thread_form_sent_once"),
            models.UniqueConstraint(
                fields=["cohort", "about"],
                condition=Q(deleted_at=None) & ~Q(about=""),
                name="thread_about_a_thing_once",
            ),
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
            models.Index(
                fields=["cohort"], condition=Q(answers_first=True), name="thread_answers_first"
            ),
            models.Index(
                fields=["cohort", "-featured_at"],
                condition=Q(featured_at__isnull=False, deleted_at=None),
                name="thread_featured",
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
    def asks_first(self) -> bool:
        """Whether replies are closed now to whoever has not written their own."""
        return self.answers_first and self.is_open

    def is_opened_to(self, member: Membership, *, has_answered: bool) -> bool:
        """Whether the member may read the replies of a thread that they see."""
        is_exempt = member.is_facilitator or self.author_id == member.pk
        return not self.asks_first or is_exempt or has_answered

    @property
    def is_question(self) -> bool:
        return self.kind == self.Kind.QUESTION
