"""Free tags: the members' own words, one tag for a word however it is written."""

import re
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.text import slugify
from taggit.models import ItemBase

from cohort import audit
from cohort.models import Cohort, Membership, Tag


def tags_named(cohort: Cohort, names: Iterable[str]) -> list[Tag]:
    """The cohort's tags of these names, whatever their case; those that are new are made."""
    # In one order, so that two who name the same ones at once do not wait for each other.
    in_order = sorted(names, key=lambda name: (_slug_of(name), name))
    return list(dict.fromkeys(_tag_named(cohort, name) for name in in_order))


def _tag_named(cohort: Cohort, name: str) -> Tag:
    slug = _slug_of(name)
    alike = Tag.objects.filter(Q(name__iexact=name) | Q(slug=slug), cohort=cohort)
    if found := next((tag for tag in alike if _words(tag.name) == _words(name)), None):
        return found
    if not slug or alike.exists():  # "C++" beside "C"
        slug = f"{slug}-{uuid.uuid4().hex[:6]}".strip("-")
    try:
        with transaction.atomic():
            return Tag.objects.create(cohort=cohort, name=name, slug=slug)
    except IntegrityError:  # somebody made it, or one with its slug, at this very moment
        made = Tag.objects.filter(cohort=cohort, name__iexact=name).first()
        return made or _tag_named(cohort, name)


def _slug_of(name: str) -> str:
    return slugify(name, allow_unicode=True)[:70]


def _words(name: str) -> list[str]:
    """What makes two tags one: "Co-op" is "co op"."""
    return re.split(r"[\s_-]+", name.casefold())


class TagTaken(Exception):
    """Another tag, `tag`, has that name already: the two can be merged."""

    def __init__(self, tag: Tag) -> None:
        super().__init__(tag.name)
        self.tag = tag


class TagInUse(Exception):
    """A tag that something carries is not simply removed."""


@transaction.atomic
def rename_tag(*, tag: Tag, name: str, by: Membership) -> Tag:
    """Write a tag otherwise, wherever it stands. Raises TagTaken."""
    tags = list(Tag.objects.select_for_update().filter(cohort_id=tag.cohort_id).order_by("pk"))
    tag = next(each for each in tags if each.pk == tag.pk)
    others = [each for each in tags if each.pk != tag.pk]
    if taken := next((each for each in others if _words(each.name) == _words(name)), None):
        raise TagTaken(taken)
    before, tag.name = tag.name, name
    slug = _slug_of(name)
    if slug and all(each.slug != slug for each in others):
        tag.slug = slug
    tag.save(update_fields=["name", "slug"])
    audit.record("tag.renamed", subject=name, actor=by, cohort=by.cohort, before=before)
    return tag


@transaction.atomic
def merge_tags(*, source: Tag, target: Tag, by: Membership) -> None:
    """Make two tags one: all that carries or follows the one carries or follows the other."""
    tags = Tag.objects.select_for_update().filter(cohort_id=target.cohort_id).order_by("pk")
    found = {tag.pk: tag for tag in tags.filter(pk__in=[source.pk, target.pk])}
    if len(found) < 2:
        raise Tag.DoesNotExist
    for relation in _rows_with_a_tag():
        _hand_over(relation, source, target)
    audit.record("tag.merged", subject=target.name, actor=by, cohort=by.cohort, source=source.name)
    found[source.pk].delete()


@transaction.atomic
def remove_tag(*, tag: Tag, by: Membership) -> None:
    """Delete a tag that nothing carries; whoever follows it follows nothing then.

    Raises TagInUse.
    """
    tag = Tag.objects.select_for_update().get(pk=tag.pk)
    if any(items.filter(tag=tag).exists() for items in standing_items().values()):
        raise TagInUse
    audit.record("tag.removed", subject=tag.name, actor=by, cohort=by.cohort)
    tag.delete()


def tags_in_sight(member: Membership) -> QuerySet[Tag]:
    """The tags of what the member sees: one that only another team uses is not told."""
    carried = Q(pk__in=[])
    for items in standing_items().values():
        carrier = items.model._meta.get_field("content_object").related_model
        seen = carrier.objects.visible_to(member)
        carried |= Q(Exists(items.filter(tag=OuterRef("pk"), content_object__in=seen)))
    return Tag.objects.filter(carried, cohort_id=member.cohort_id)


def find_tag(member: Membership, slug: str) -> Tag | None:
    """The tag that an address names, where the member sees it. Facilitators see unused ones too."""
    if "\0" in slug:
        return None
    every = Tag.objects.filter(cohort_id=member.cohort_id)
    return (every if member.is_facilitator else tags_in_sight(member)).filter(slug=slug).first()


def standing_items() -> dict[str, QuerySet[Any]]:
    """What carries free tags, of whatever app, by the name of its model: taggit's rows.

    Those of things that were removed do not count.
    """
    found = {}
    for relation in _rows_with_a_tag():
        if issubclass(relation.related_model, ItemBase):
            carrier = relation.related_model._meta.get_field("content_object").related_model
            items = relation.related_model.objects.all()
            if any(field.name == "deleted_at" for field in carrier._meta.get_fields()):
                items = items.filter(content_object__deleted_at=None)
            found[carrier._meta.model_name] = items
    return found


def _rows_with_a_tag() -> list[Any]:
    return [each for each in Tag._meta.related_objects if each.one_to_many]


def _hand_over(relation: Any, source: Tag, target: Tag) -> None:
    """Put the target in the source's place, but where a constraint says it is there already."""
    model, name = relation.related_model, relation.field.name
    rows = model.objects.filter(**{name: source})
    for constraint in model._meta.constraints:
        fields = getattr(constraint, "fields", ())
        if name in fields:
            same = {field: OuterRef(field) for field in fields if field != name}
            rows.filter(Exists(model.objects.filter(**same, **{name: target}))).delete()
    rows.update(**{name: target})
