"""Does anyone have a …? What members look for, and what of the library answered it."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership, Scoped, ScopedQuerySet, Theme
from resources.models.resources import Resource


class RequestQuerySet(ScopedQuerySet["ResourceRequest"]):
    def open(self) -> "RequestQuerySet":
        return self.filter(closed_at=None)

    def open_first(self) -> "RequestQuerySet":
        return self.order_by(F("closed_at").desc(nulls_first=True), "-created_at", "-pk")


class ResourceRequest(Scoped):
    """Asked of the whole cohort, or among the facilitators."""

    # Open ones of one member at a time, and answers to one.
    MOST_OPEN, MOST_ANSWERS = 10, 50

    title = models.CharField(_("what you look for"), max_length=140)
    details = models.TextField(_("what it is for"), max_length=2000, blank=True)
    themes = models.ManyToManyField(Theme, related_name="resource_requests")
    asked_by = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="resource_requests"
    )
    # What the page made up when the form was shown: the same form sent twice is one request.
    form_key = models.UUIDField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    answers = models.ManyToManyField(
        Resource, through="RequestAnswer", related_name="answered_requests"
    )

    search = models.GeneratedField(
        expression=SearchVector("title", config="english", weight="A")
        + SearchVector("details", config="english", weight="B"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = RequestQuerySet.as_manager()

    class Meta(Scoped.Meta):
        indexes = [
            models.Index(fields=["cohort", "-created_at"], name="request_latest"),
            GinIndex(fields=["search"], name="request_search"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("resources:request_detail", args=[self.cohort.slug, self.pk])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class RequestAnswer(models.Model):
    """A resource that somebody named, or added, for a request."""

    request = models.ForeignKey(
        ResourceRequest, on_delete=models.CASCADE, related_name="answer_rows"
    )
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="answer_rows")
    by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "resource"], name="request_answered_once_by_a_resource"
            )
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} answers {self.request_id}"
