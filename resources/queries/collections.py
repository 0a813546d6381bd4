"""Lists of resources, each with as much of it as its reader may see."""

from django.db.models import Count, QuerySet

from cohort.models import Membership
from cohort.models.scoped import audience_of
from resources.models import Collection, CollectionItem, CollectionQuerySet, Resource
from resources.queries.lines import lines_by_pk

MOST_ON_TOP = 3


def collections_of(member: Membership) -> CollectionQuerySet:
    """All that the member sees, the shared ones first, each with its `item_count`."""
    lists = counted(Collection.objects.visible_to(member), member)
    return lists.select_related("cohort", "team", "owner__user").in_order()


def counted(collections: CollectionQuerySet, member: Membership) -> CollectionQuerySet:
    """Each with `item_count`: what the member sees of it, and not what they do not."""
    seen = audience_of(member, "items__resource__")
    return collections.annotate(item_count=Count("items", filter=seen))


def items_seen(member: Membership) -> QuerySet[CollectionItem]:
    seen = Resource.objects.visible_to(member).order_by()
    return CollectionItem.objects.filter(resource__in=seen.values("pk"))


def items_of(collection: Collection, member: Membership) -> list[CollectionItem]:
    """What the member sees of it, in order, each with its resource's `line`."""
    items = list(items_seen(member).filter(collection=collection))
    lines = lines_by_pk(Resource.objects.visible_to(member), [item.resource_id for item in items])
    shown = [item for item in items if item.resource_id in lines]
    for item in shown:
        item.line = lines[item.resource_id]  # type: ignore[attr-defined]
    return shown


def on_top(member: Membership) -> list[Collection]:
    """The reading lists that stand on top of the library."""
    featured = Collection.objects.visible_to(member).filter(featured_at__isnull=False)
    lists = list(counted(featured, member).order_by("-featured_at", "-pk")[:MOST_ON_TOP])
    for collection in lists:
        collection.cohort = member.cohort
    return lists
