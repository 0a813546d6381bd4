"""Lists of resources: those that facilitators arrange, and those one keeps for oneself."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.models import Audience, Membership, Scoped, ScopedQuerySet
from resources.models.resources import Resource


class CollectionQuerySet(ScopedQuerySet["Collection"]):
    def visible_to(self, member: Membership) -> "CollectionQuerySet":
        """Private ones only to their owner, whoever else that may be."""
        return super().visible_to(member).filter(Q(is_private=False) | Q(owner=member))

    def arranged_by(self, member: Membership) -> "CollectionQuerySet":
        """Those that the member may change: their own, and for facilitators the shared ones."""
        if not member.may_write:
            return self.none()
        mine = Q(is_private=True, owner=member)
        shared = Q(is_private=False) if member.is_facilitator else Q(pk__in=[])
        return self.visible_to(member).filter(mine | shared)

    def in_order(self) -> "CollectionQuerySet":
        return self.order_by("is_private", "-featured_at", "title", "pk")


class Collection(Scoped):
    """A reading list, or with `is_private` somebody's own."""

    MOST_ITEMS = 100
    # Of one member's own, and of a cohort's shared ones.
    MOST_OWN, MOST_SHARED = 30, 100

    title = models.CharField(_("title"), max_length=120)
    description = models.TextField(_("what it is for"), max_length=1000, blank=True)
    owner = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="collections"
    )
    is_private = models.BooleanField(default=False)
    # Facilitators show it on top of the library.
    featured_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = CollectionQuerySet.as_manager()

    class Meta(Scoped.Meta):
        constraints = [
            *Scoped.Meta.constraints,
            models.CheckConstraint(
                condition=Q(is_private=False) | Q(audience=Audience.COHORT, featured_at=None),
                name="collection_is_private_and_nothing_else",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("resources:collection_detail", args=[self.cohort.slug, self.pk])

    def is_visible_to(self, member: Membership) -> bool:
        return super().is_visible_to(member) and (not self.is_private or self.owner_id == member.pk)


class CollectionItem(models.Model):
    """A resource in a list, with a word on why; shown to whoever sees the resource."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="items")
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="placings")
    note = models.CharField(_("why it is here"), max_length=300, blank=True)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "resource"], name="resource_once_in_a_collection"
            )
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} in {self.collection_id}"
