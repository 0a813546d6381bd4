"""Putting resources together, and in order."""

from collections.abc import Collection as Some

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort import audit
from cohort.models import Audience, Cohort, Membership, Team
from resources.models import Collection, CollectionItem, Resource
from resources.services.refused import Refused


class TooManyLists(Refused):
    reason = _("There are as many lists as there can be. Remove one that is no longer needed.")


class ListFull(Refused):
    reason = _("This list is full: it holds a hundred things. Take something out first.")


@transaction.atomic
def add_collection(
    *,
    owner: Membership,
    title: str,
    description: str = "",
    is_private: bool = True,
    audience: str = Audience.COHORT,
    team: Team | None = None,
) -> Collection:
    """Begin a list. Raises TooManyLists."""
    # Whoever counts waits for whoever adds.
    Membership.objects.select_for_update(no_key=True).get(pk=owner.pk)
    if not is_private:
        Cohort.objects.select_for_update(no_key=True).get(pk=owner.cohort_id)
    there = Collection.objects.filter(cohort=owner.cohort_id, is_private=is_private)
    if is_private:
        there = there.filter(owner=owner)
    if there.count() >= (Collection.MOST_OWN if is_private else Collection.MOST_SHARED):
        raise TooManyLists
    return Collection.objects.create(
        cohort=owner.cohort,
        owner=owner,
        title=title,
        description=description,
        is_private=is_private,
        audience=audience,
        team=team,
    )


def edit_collection(
    *,
    collection: Collection,
    title: str,
    description: str,
    audience: str = Audience.COHORT,
    team: Team | None = None,
) -> None:
    """Say anew what a list is, and for whom. A private one stays private."""
    said = {"title": title, "description": description, "updated_at": timezone.now()}
    if not collection.is_private:
        said |= {"audience": audience, "team": team}
    Collection.objects.filter(pk=collection.pk).update(**said)


@transaction.atomic
def remove_collection(*, collection: Collection, by: Membership) -> None:
    """The list goes; what stands in it stays in the library."""
    if not collection.is_private:
        _record("collection.removed", collection, by)
    Collection.objects.filter(pk=collection.pk).delete()


@transaction.atomic
def place_resource(*, resource: Resource, member: Membership, chosen: Some[int]) -> None:
    """Let a resource stand in these of the lists that the member arranges, and in no other of them.

    It comes last where it is new. Raises ListFull, with nothing changed.
    """
    arranged = Collection.objects.arranged_by(member).order_by("pk")
    there = set(
        CollectionItem.objects.filter(resource=resource).values_list("collection", flat=True)
    )
    for collection in arranged.select_for_update(of=("self",), no_key=True):
        if collection.pk in chosen and collection.pk not in there:
            _append(collection, resource)
        elif collection.pk not in chosen and collection.pk in there:
            collection.items.filter(resource=resource).delete()


def _append(collection: Collection, resource: Resource) -> None:
    if collection.items.count() >= Collection.MOST_ITEMS:
        raise ListFull
    last = collection.items.aggregate(last=Max("position"))["last"] or 0
    CollectionItem.objects.get_or_create(
        collection=collection, resource=resource, defaults={"position": last + 1}
    )
    Collection.objects.filter(pk=collection.pk).update(updated_at=timezone.now())


def note_item(*, item: CollectionItem, note: str) -> None:
    """Say why it stands there."""
    CollectionItem.objects.filter(pk=item.pk).update(note=note)


def take_out(*, item: CollectionItem) -> None:
    CollectionItem.objects.filter(pk=item.pk).delete()


@transaction.atomic
def shift_item(*, item: CollectionItem, member: Membership, up: bool) -> None:
    """Put it one place up or down among those that the member sees; at an end nothing changes."""
    Collection.objects.select_for_update(no_key=True).get(pk=item.collection_id)
    items = list(CollectionItem.objects.filter(collection=item.collection_id))
    seen = set(
        Resource.objects.visible_to(member)
        .filter(placings__collection=item.collection_id)
        .values_list("pk", flat=True)
    )
    shown = [each for each in items if each.resource_id in seen]
    place = next((n for n, each in enumerate(shown) if each.pk == item.pk), None)
    other = None if place is None else place - 1 if up else place + 1
    if place is None or other is None or not 0 <= other < len(shown):
        return
    here, there = items.index(shown[place]), items.index(shown[other])
    items[here], items[there] = items[there], items[here]
    for number, each in enumerate(items, 1):
        each.position = number
    CollectionItem.objects.bulk_update(items, ["position"])


@transaction.atomic
def feature_collection(*, collection: Collection, by: Membership) -> None:
    """Show it on top of the library, to everybody who may see it."""
    shared = Collection.objects.filter(pk=collection.pk, is_private=False, featured_at=None)
    if shared.update(featured_at=timezone.now()):
        _record("collection.featured", collection, by)


@transaction.atomic
def unfeature_collection(*, collection: Collection, by: Membership) -> None:
    featured = Collection.objects.filter(pk=collection.pk, featured_at__isnull=False)
    if featured.update(featured_at=None):
        _record("collection.unfeatured", collection, by)


def _record(action: str, collection: Collection, by: Membership) -> None:
    audit.record(
        action, subject=collection.title, actor=by, cohort=by.cohort, collection=collection.pk
    )
