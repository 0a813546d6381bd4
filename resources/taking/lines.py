"""What index and table tell of each resource."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from resources.models import Resource


@dataclass
class Line:
    """A resource in words, as it was when it was put in."""

    title: str
    kind: str
    themes: str
    tags: str
    added_by: str
    team: str
    audience: str
    added_at: datetime
    changed_at: datetime
    description: str
    used_for: str
    address: str
    link: str
    file: str
    type: str
    version: int | None
    size: int | None
    sha256: str
    # Where it lies in the archive; none for a link.
    path: str = ""
    # Why it stands in the list that is taken.
    note: str = ""
    is_missing: bool = False


def line_of(resource: Resource) -> Line:
    version, adder, page = resource.current_version, resource.added_by, resource.current_page
    return Line(
        title=resource.title,
        kind=resource.get_kind_display(),
        themes=", ".join(theme.name for theme in resource.themes.all()),
        tags=", ".join(sorted(tag.name for tag in resource.tags.all())),
        added_by=str(adder) if adder else _("Former member"),
        team=str(adder.team) if adder and adder.team else "",
        audience=str(resource.team) if resource.team else resource.get_audience_display(),
        added_at=resource.created_at,
        changed_at=resource.updated_at,
        description=resource.description_text,
        used_for=resource.used_for,
        address=f"{settings.BASE_URL}{resource.get_absolute_url()}",
        link=resource.url,
        file=version.name if version else "",
        type=version.type_name if version else _("Page") if page else "",
        version=version.number if version else page.number if page else None,
        size=version.size if version else None,
        sha256=version.sha256 if version else "",
    )
