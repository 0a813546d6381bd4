"""Free tags: the members' own words, one tag for a word however it is written."""

import uuid
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from cohort.models import Cohort, Tag


def tags_named(cohort: Cohort, names: Iterable[str]) -> list[Tag]:
    """The cohort's tags of these names, whatever their case; those that are new are made."""
    return list(dict.fromkeys(_tag_named(cohort, name) for name in names))


def _tag_named(cohort: Cohort, name: str) -> Tag:
    """The cohort's tag of that name, whatever its case."""
    if found := Tag.objects.filter(cohort=cohort, name__iexact=name).first():
        return found
    slug = slugify(name, allow_unicode=True)[:70]
    if not slug or Tag.objects.filter(cohort=cohort, slug=slug).exists():
        slug = f"{slug}-{uuid.uuid4().hex[:6]}".strip("-")
    try:
        with transaction.atomic():
            return Tag.objects.create(cohort=cohort, name=name, slug=slug)
    except IntegrityError:  # somebody made it at this very moment
        return Tag.objects.get(cohort=cohort, name__iexact=name)
