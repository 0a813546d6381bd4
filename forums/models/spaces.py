from django.db import models
from django.db.models import Q
from django.urls import reverse

from cohort.models import Scoped, ScopedQuerySet


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
