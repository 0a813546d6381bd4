"""The library's part of the edition: what was added since a reader's last one."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort.models import Membership
from cohort.richtext import excerpt
from notifications.registry import Reader, SectionItem, SectionPart
from resources.models import Resource

# What one edition can speak of in a cohort; the rest is in the library.
MOST_NEW = 200


def library_section(readers: Sequence[Reader]) -> dict[int, SectionPart]:
    """New resources that each reader may see and did not add; two queries for them all."""
    new = _added(readers)
    parts = {}
    for reader in readers:
        news = [resource for resource in new if _is_news(resource, reader)]
        if news:
            parts[reader.member.pk] = _part(reader.member, news)
    return parts


def _added(readers: Sequence[Reader]) -> list[Resource]:
    if not readers:
        return []
    resources = Resource.objects.filter(
        cohort__in={reader.member.cohort_id for reader in readers},
        created_at__gte=min(reader.since for reader in readers),
        created_at__lt=max(reader.until for reader in readers),
    )
    return list(resources.with_rows().latest_first()[:MOST_NEW])


def _is_news(resource: Resource, reader: Reader) -> bool:
    return (
        resource.is_visible_to(reader.member)
        and resource.added_by_id != reader.member.pk
        and reader.since <= resource.created_at < reader.until
    )


def _part(member: Membership, news: list[Resource]) -> SectionPart:
    return SectionPart(
        title=gettext_lazy("New in the library"),
        items=[_item(resource) for resource in news],
        more_url=reverse("resources:resource_list", args=[member.cohort.slug]),
        highlights=[resource.title for resource in news],
    )


def _item(resource: Resource) -> SectionItem:
    theme = next(iter(resource.themes.all()), None)
    person = resource.added_by
    who = str(person) if person else _("Former member")
    if person and person.team:
        who = f"{who}, {person.team}"
    return SectionItem(
        title=resource.title,
        url=resource.get_absolute_url(),
        detail=f"{resource.get_kind_display()} · {who}",
        excerpt=excerpt(resource.description_text),
        label=theme.name if theme else "",
        color=theme.color if theme else "",
    )
