"""Saying that something helped, and showing it first."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cohort import audit
from cohort.models import Membership
from resources.models import HelpfulMark, Resource


@transaction.atomic
def mark_helpful(*, resource: Resource, member: Membership) -> None:
    """Count the member among those whom it helped; once, however often it is said."""
    _mark, is_new = HelpfulMark.objects.get_or_create(resource=resource, member=member)
    if is_new:
        Resource.objects.filter(pk=resource.pk).update(helpful_count=F("helpful_count") + 1)


@transaction.atomic
def unmark_helpful(*, resource: Resource, member: Membership) -> None:
    if HelpfulMark.objects.filter(resource=resource, member=member).delete()[0]:
        Resource.objects.filter(pk=resource.pk).update(helpful_count=F("helpful_count") - 1)


@transaction.atomic
def feature_resource(*, resource: Resource, by: Membership) -> None:
    """Show it on top of the library, to everybody who may see it."""
    if Resource.objects.filter(pk=resource.pk, featured_at=None).update(featured_at=timezone.now()):
        _record("resource.featured", resource, by)


@transaction.atomic
def unfeature_resource(*, resource: Resource, by: Membership) -> None:
    featured = Resource.objects.filter(pk=resource.pk, featured_at__isnull=False)
    if featured.update(featured_at=None):
        _record("resource.unfeatured", resource, by)


def _record(action: str, resource: Resource, by: Membership) -> None:
    audit.record(action, subject=resource.title, actor=by, cohort=by.cohort, resource=resource.pk)
