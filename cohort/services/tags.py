"""Free tags: the members' own words, one tag for a word however it is written."""

import re
import uuid
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.text import slugify

from cohort.models import Cohort, Tag


def tags_named(cohort: Cohort, names: Iterable[str]) -> list[Tag]:
    """The cohort's tags of these names, whatever their case; those that are new are made."""
    return list(dict.fromkeys(_tag_named(cohort, name) for name in names))


def _tag_named(cohort: Cohort, name: str) -> Tag:
    slug = slugify(name, allow_unicode=True)[:70]
    alike = Tag.objects.filter(Q(name__iexact=name) | Q(slug=slug), cohort=cohort)
    if found := next((tag for tag in alike if _words(tag.name) == _words(name)), None):
        return found
    if not slug or alike.exists():  # "C++" beside "C"
        slug = f"{slug}-{uuid.uuid4().hex[:6]}".strip("-")
    try:
        with transaction.atomic():
            return Tag.objects.create(cohort=cohort, name=name, slug=slug)
    except IntegrityError:  # somebody made it at this very moment
        return Tag.objects.get(cohort=cohort, name__iexact=name)


def _words(name: str) -> list[str]:
    """What makes two tags one: "Co-op" is "co op"."""
    return re.split(r"[\s_-]+", name.casefold())
