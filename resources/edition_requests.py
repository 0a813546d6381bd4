"""What the edition says of requests: what others look for, so that somebody answers."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from cohort.models import Audience
from cohort.richtext import excerpt
from notifications.sections import Place, Reader, SectionItem, SectionPart, register_section
from resources.models import ResourceRequest

# What one edition can speak of in a cohort; the rest is on its page.
MOST_NEW = 50


def request_section(readers: Sequence[Reader]) -> dict[int, list[SectionPart]]:
    """What others ask the whole cohort for and still look for; one query for all readers."""
    if not readers:
        return {}
    news = [(asked, _item(asked)) for asked in _asked(readers)]
    parts = {}
    for reader in readers:
        if items := [item for asked, item in news if _is_news(asked, reader)]:
            url = reverse("resources:request_list", args=[reader.member.cohort.slug])
            titles = [item.title for item in items]
            parts[reader.member.pk] = [SectionPart(Place.QUESTIONS, items, titles, more_url=url)]
    return parts


def _asked(readers: Sequence[Reader]) -> Sequence[ResourceRequest]:
    asked = ResourceRequest.objects.open().filter(
        cohort__in={reader.member.cohort_id for reader in readers},
        audience=Audience.COHORT,
        created_at__gte=min(reader.since for reader in readers),
        created_at__lt=max(reader.until for reader in readers),
    )
    asked = asked.select_related("cohort", "asked_by__user", "asked_by__team").open_first()
    return list(asked[:MOST_NEW])


def _is_news(asked: ResourceRequest, reader: Reader) -> bool:
    return (
        reader.since <= asked.created_at < reader.until
        and asked.asked_by_id != reader.member.pk
        and asked.is_visible_to(reader.member)
    )


def _item(asked: ResourceRequest) -> SectionItem:
    person = asked.asked_by
    who = str(person) if person else _("Former member")
    if person and person.team:
        who = f"{who}, {person.team}"
    return SectionItem(
        title=_("Does anyone have: %(title)s?") % {"title": asked.title.rstrip(" ?…")},
        url=asked.get_absolute_url(),
        detail=who,
        excerpt=excerpt(asked.details),
    )


def register() -> None:
    register_section(request_section)
