"""The files of a resource, what was read out of them, and pictures of their first pages."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.files import type_of
from cohort.files.types import BYTES
from cohort.models import Membership
from cohort.storage import random_name
from resources.models.resources import Resource


class FileVersion(models.Model):
    """One state of a resource's file, never changed: a new one gets the next number."""

    MOST = 100

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    file = models.FileField(upload_to=random_name, max_length=120)
    name = models.CharField(max_length=200, help_text=_("What people call the file, cleaned."))
    content_type = models.CharField(max_length=120, help_text=_("By content, never by claim."))
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    # What changed against the one before, in a line.
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    added_by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["resource", "number"], name="version_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="version_numbers_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"

    @property
    def extension(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def is_looked_into(self) -> bool:
        """Whether anything here reads what is in it."""
        return self.content_type != BYTES

    @property
    def type_name(self) -> str:
        """What people call its type: Word document, PDF, …"""
        kind = type_of(self.content_type)
        return str(kind.label) if kind else self.extension.upper()

    def address(self, view: str, *more: int) -> str:
        """Where a view of it is: `version_download`, `page_picture` with the page's number."""
        place = [self.resource.cohort.slug, self.resource_id, self.number, *more]
        return reverse(f"resources:{view}", args=place)


class ContentsQuerySet(models.QuerySet["Contents"]):
    def due(self) -> "ContentsQuerySet":
        """Not read yet, and in no worker's hands."""
        return self.filter(state=Contents.State.WAITING, not_before__lte=timezone.now())


class Contents(models.Model):
    """What a worker read out of one version's file, for search and to be seen before downloading.

    Made with the version, filled in later. Who may see the version may see it, and nobody else.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Not read yet")
        READ = "read", _("Read")
        FAILED = "failed", _("Cannot be read")

    version = models.OneToOneField(FileVersion, on_delete=models.CASCADE, related_name="contents")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    text = models.TextField(blank=True)
    # Of pages or slides; None where there are none.
    pages = models.PositiveIntegerField(null=True)
    # What hinders readers who cannot see it: names of `resources.accessibility`.
    findings = models.JSONField(default=list)
    # The first rows of each sheet: lists of {title, rows, is_cut} of `resources.reading.tables`.
    tables = models.JSONField(default=list)
    # How often a worker began with it, and until when one has it.
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    search = models.GeneratedField(
        expression=SearchVector("text", config="english", weight="D"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ContentsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "contents"
        indexes = [
            # At once, for what waits to be put in is read whole by each search, for days.
            GinIndex(fields=["search"], name="contents_search", fastupdate=False),
            models.Index(
                fields=["not_before"], condition=Q(state="waiting"), name="contents_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.state}"


class PagePicture(models.Model):
    """One of the first pages of a file, drawn by a worker; of a picture, a smaller one."""

    contents = models.ForeignKey(Contents, on_delete=models.CASCADE, related_name="pictures")
    number = models.PositiveSmallIntegerField()
    file = models.FileField(upload_to=random_name, max_length=120)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["contents", "number"], name="page_drawn_once")
        ]

    def __str__(self) -> str:
        return f"{self.contents_id}, page {self.number}"
