"""Resources that were written here: each state of such a page."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership
from resources.models.resources import Resource


class WrittenPage(models.Model):
    """One state of a page, never changed: what is saved anew gets the next number."""

    LIMIT = 20_000
    # Of a page so many states are kept, the newest.
    MOST_KEPT = 50

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField(default=1)
    html = models.TextField(help_text=_("Sanitized HTML."))
    text = models.TextField()
    written_by = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    search = models.GeneratedField(
        expression=SearchVector("text", config="english", weight="D"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["-number"]
        indexes = [GinIndex(fields=["search"], name="written_page_search", fastupdate=False)]
        constraints = [
            models.UniqueConstraint(fields=["resource", "number"], name="page_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="page_numbers_from_one"),
            models.CheckConstraint(condition=~Q(html=""), name="page_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} ({self.number})"

    def get_absolute_url(self) -> str:
        place = [self.resource.cohort.slug, self.resource_id, self.number]
        return reverse("resources:written_page", args=place)
