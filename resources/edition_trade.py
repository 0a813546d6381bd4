"""What the edition says of trade: what came of what partnerships tried of each other's work."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from cohort.models import Audience, Membership, Theme
from cohort.richtext import excerpt
from notifications.sections import Place, Reader, SectionItem, SectionPart, register_section
from resources.edition import group_of, top_theme
from resources.models import Resource, Trial

# What one edition can speak of in a cohort; the rest is on its page.
MOST_NEW = 100


def trial_section(readers: Sequence[Reader]) -> dict[int, list[SectionPart]]:
    """Reports that each reader may see and that came from others; three queries for them all.

    Those on what the whole cohort may see stand by theme; the others in the reader's own part.
    """
    if not readers:
        return {}
    news = [(trial, _item(trial, theme)) for trial, theme in _reported(readers)]
    parts = {}
    for reader in readers:
        mine = [(trial, item) for trial, item in news if _is_news(trial, reader)]
        shared = [item for trial, item in mine if _is_shared(trial)]
        closed = [item for trial, item in mine if not _is_shared(trial)]
        if mine:
            parts[reader.member.pk] = [
                _part(reader.member, place, items)
                for place, items in ((Place.THEMES, shared), (Place.TEAM, closed))
                if items
            ]
    return parts


def _reported(readers: Sequence[Reader]) -> list[tuple[Trial, Theme | None]]:
    themes = {theme.pk: theme for theme in Theme.objects.all()}
    trials = list(
        Trial.objects.filter(
            resource__cohort__in={reader.member.cohort_id for reader in readers},
            reported_at__gte=min(reader.since for reader in readers),
            reported_at__lt=max(reader.until for reader in readers),
        )
        .select_related("team")
        .order_by("-reported_at", "-pk")[:MOST_NEW]
    )
    resources = Resource.objects.with_rows().in_bulk({trial.resource_id for trial in trials})
    for trial in trials:
        trial.resource = resources[trial.resource_id]
    return [(trial, top_theme(trial.resource, themes)) for trial in trials]


def _is_shared(trial: Trial) -> bool:
    return trial.resource.audience == Audience.COHORT


def _is_news(trial: Trial, reader: Reader) -> bool:
    return (
        trial.reported_at is not None
        and reader.since <= trial.reported_at < reader.until
        and trial.reported_by_id != reader.member.pk
        and trial.resource.is_visible_to(reader.member)
    )


def _part(member: Membership, place: Place, items: list[SectionItem]) -> SectionPart:
    return SectionPart(
        place=place,
        items=items,
        more_url=reverse("resources:trial_list", args=[member.cohort.slug]),
        highlights=[item.title for item in items],
        title=_("In closed spaces") if place is Place.TEAM and not member.team_id else "",
    )


def _item(trial: Trial, theme: Theme | None) -> SectionItem:
    words = {"team": trial.team.name, "title": trial.resource.title}
    return SectionItem(
        title=_("%(team)s tried “%(title)s”") % words,
        url=f"{trial.resource.get_absolute_url()}#trials",
        detail=trial.get_outcome_display(),
        excerpt=excerpt(trial.report),
        group=group_of(trial.resource, theme) if _is_shared(trial) else None,
    )


def register() -> None:
    register_section(trial_section)
