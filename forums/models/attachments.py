import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort import references
from cohort.models import Cohort, Membership
from cohort.storage import random_name
from forums.models.posts import Post


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, member: Membership) -> "AttachmentQuerySet":
        """Those in posts that the member may read, and their own that are in none yet.

        What an edit took out of a post is seen by those who see its earlier versions, and what is
        in a hidden post by those who see that: its author and facilitators.
        """
        posts = Post.objects.visible_to(member).filter(deleted_at=None, pk=OuterRef("post"))
        if not member.is_facilitator:
            address = Cast(OuterRef("pk"), models.TextField())
            posts = posts.filter(Q(hidden_at=None, body__contains=address) | Q(author=member))
        seen = Q(Exists(posts)) | Q(post=None, about_kind="", added_by=member)
        for kind in references.keepers():
            things = kind.model.objects.visible_to(member).filter(pk=OuterRef("about_pk"))
            seen |= Q(Exists(things), about_kind=kind.name)
        return self.filter(cohort_id=member.cohort_id).filter(seen)

    def in_no_post(self) -> "AttachmentQuerySet":
        """In nothing yet that was sent."""
        return self.filter(post=None, about_kind="")

    def about(self, reference: str) -> "AttachmentQuerySet":
        """Those in what is written elsewhere: "resource:12"."""
        kind, _colon, pk = reference.partition(":")
        return self.filter(about_kind=kind, about_pk=int(pk))


class Attachment(models.Model):
    """A picture or file put into a post, or into what is written elsewhere: `about_kind` and
    `about_pk` name that as `cohort.references` does.

    Private as the post or the thing is; one that is in none is swept.
    """

    MOST_IN_A_POST = 10
    # In no post: what one member may have waiting, and how long it waits.
    MOST_WAITING = 200
    MOST_WAITING_BYTES = 500 * 1024 * 1024
    WAITS = timedelta(days=7)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="attachments")
    added_by = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="attachments"
    )
    post = models.ForeignKey(Post, null=True, on_delete=models.SET_NULL, related_name="attachments")
    about_kind = models.CharField(max_length=20, blank=True)
    about_pk = models.PositiveBigIntegerField(null=True)
    file = models.FileField(upload_to=random_name, max_length=120)
    name = models.CharField(max_length=200, help_text=_("What people call the file, cleaned."))
    content_type = models.CharField(max_length=120, help_text=_("By content, never by claim."))
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    # In pixels; 0 for what is no picture.
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(post=None, about_kind=""),
                name="attachment_in_nothing",
            ),
            models.Index(
                fields=["about_kind", "about_pk"],
                condition=~Q(about_kind=""),
                name="attachment_about",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(about_kind="", about_pk=None)
                | (~Q(about_kind="") & Q(about_pk__isnull=False, post=None)),
                name="attachment_is_in_a_post_or_about_a_thing",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("forums:attachment", args=[self.cohort.slug, self.pk])

    @property
    def is_picture(self) -> bool:
        return self.width > 0
