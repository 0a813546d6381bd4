"""Lists of resources, each with as much of it as its reader may see."""

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cohort.models import Membership
from resources.models import Collection, CollectionItem, CollectionQuerySet, Resource

MOST_ON_TOP = 3


def collections_of(member: Membership) -> CollectionQuerySet:
    """All that the member sees, the shared ones first, each with its `item_count`."""
    return counted(Collection.objects.visible_to(member), member).in_order()


def counted(collections: CollectionQuerySet, member: Membership) -> CollectionQuerySet:
    """Each with `item_count`: what the member sees of it, and not what they do not."""
    items = items_seen(member).filter(collection=OuterRef("pk")).order_by()
    counts = items.values("collection").annotate(n=Count("pk")).values("n")
    return collections.annotate(
        item_count=Coalesce(Subquery(counts, output_field=IntegerField()), 0)
    ).select_related("cohort", "team", "owner__user")


def items_seen(member: Membership) -> QuerySet[CollectionItem]:
    seen = Resource.objects.visible_to(member).order_by()
    return CollectionItem.objects.filter(resource__in=seen.values("pk"))


def items_of(collection: Collection, member: Membership) -> list[CollectionItem]:
    """What the member sees of it, in order, each with its `resource` as a line shows it."""
    items = list(items_seen(member).filter(collection=collection))
    rows = Resource.objects.visible_to(member).with_rows()
    resources = rows.in_bulk([item.resource_id for item in items])
    shown = [item for item in items if item.resource_id in resources]
    for item in shown:
        item.resource = resources[item.resource_id]
    return shown


def on_top(member: Membership) -> list[Collection]:
    """The reading lists that stand on top of the library."""
    featured = Collection.objects.visible_to(member).filter(featured_at__isnull=False)
    return list(counted(featured, member).order_by("-featured_at", "-pk")[:MOST_ON_TOP])
