"""The library's part of the edition: what was added since a reader's last one."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from cohort.models import Audience, Membership, Theme
from cohort.richtext import excerpt
from notifications.sections import Group, Place, Reader, SectionItem, SectionPart, register_section
from resources.models import Resource

# What one edition can speak of in a cohort; the rest is in the library.
MOST_NEW = 200


def library_section(readers: Sequence[Reader]) -> dict[int, list[SectionPart]]:
    """New resources that each reader may see and did not add; three queries for them all.

    What the whole cohort may see stands by theme; what is for fewer, with the reader's team.
    """
    if not readers:
        return {}
    news = [(resource, _item(resource, theme)) for resource, theme in _added(readers)]
    parts = {}
    for reader in readers:
        mine = [(resource, item) for resource, item in news if _is_news(resource, reader)]
        shared = [item for resource, item in mine if resource.audience == Audience.COHORT]
        closed = [item for resource, item in mine if resource.audience != Audience.COHORT]
        if mine:
            parts[reader.member.pk] = [
                _part(reader.member, place, items)
                for place, items in ((Place.THEMES, shared), (Place.TEAM, closed))
                if items
            ]
    return parts


def _added(readers: Sequence[Reader]) -> list[tuple[Resource, Theme | None]]:
    """Each with the theme it stands under: the top one of its first."""
    themes = {theme.pk: theme for theme in Theme.objects.all()}
    resources = (
        Resource.objects.filter(
            cohort__in={reader.member.cohort_id for reader in readers},
            created_at__gte=min(reader.since for reader in readers),
            created_at__lt=max(reader.until for reader in readers),
        )
        .with_rows()
        .latest_first()[:MOST_NEW]
    )
    return [(resource, top_theme(resource, themes)) for resource in resources]


def top_theme(resource: Resource, themes: dict[int, Theme]) -> Theme | None:
    first = next(iter(resource.theme_list), None)  # type: ignore[attr-defined]
    return themes.get(first["parent"] or first["pk"]) if first else None


def _is_news(resource: Resource, reader: Reader) -> bool:
    return (
        reader.since <= resource.created_at < reader.until
        and resource.added_by_id != reader.member.pk
        and resource.is_visible_to(reader.member)
    )


def _part(member: Membership, place: Place, items: list[SectionItem]) -> SectionPart:
    return SectionPart(
        place=place,
        items=items,
        more_url=reverse("resources:resource_list", args=[member.cohort.slug]),
        highlights=[item.title for item in items],
        title=_("In closed spaces") if place is Place.TEAM and not member.team_id else "",
    )


def _item(resource: Resource, theme: Theme | None) -> SectionItem:
    person = resource.added_by
    who = str(person) if person else _("Former member")
    if person and person.team:
        who = f"{who}, {person.team}"
    return SectionItem(
        title=resource.title,
        url=resource.get_absolute_url(),
        detail=f"{resource.get_kind_display()} · {who}",
        excerpt=excerpt(resource.description_text),
        group=group_of(resource, theme) if resource.audience == Audience.COHORT else None,
    )


def group_of(resource: Resource, theme: Theme | None) -> Group | None:
    if theme is None:
        return None
    url = theme.url_in(resource.cohort.slug)
    return Group(theme.name, theme.color, theme.position, url)


def register() -> None:
    register_section(library_section)
