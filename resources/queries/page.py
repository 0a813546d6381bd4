"""What the page of one resource shows. The resource was fetched from what its reader may see."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from cohort.models import Membership
from cohort.richtext import excerpt
from resources.models import (
    Contents,
    FileVersion,
    HelpfulMark,
    PagePicture,
    Resource,
    ResourceQuerySet,
)
from resources.relations import sessions_seen

BEGINNING = 1_500
MOST_SESSIONS = 12


@dataclass(frozen=True)
class Preview:
    """What a file looks like before it is downloaded."""

    state: str
    pages: int | None
    pictures: list[PagePicture]
    beginning: str
    findings: list[str]

    @property
    def shows_all(self) -> bool:
        return self.pages is None or self.pages <= len(self.pictures)


def with_marks(resources: ResourceQuerySet, member: Membership) -> ResourceQuerySet:
    """Each with `is_marked`: whether it helped the member."""
    marks = HelpfulMark.objects.filter(resource=OuterRef("pk"), member=member)
    return resources.annotate(is_marked=Exists(marks))


def preview_of(version: FileVersion) -> Preview | None:
    """None for a version that was made before files were read; the beat sees to it."""
    contents = (
        Contents.objects.filter(version=version).defer("search").prefetch_related("pictures")
    ).first()
    if contents is None:
        return None
    pictures = list(contents.pictures.all())
    beginning = "" if pictures else excerpt(contents.text, BEGINNING)
    return Preview(contents.state, contents.pages, pictures, beginning, contents.findings)


def versions_of(resource: Resource) -> list[FileVersion]:
    """The newest first, with who added each."""
    return list(resource.versions.select_related("added_by__user"))


def sessions_with(resource: Resource, member: Membership) -> list[Any]:
    """The sessions it belongs to that the member sees, the latest first."""
    sessions = sessions_seen(member).filter(resources=resource).select_related("cohort")
    return list(sessions.order_by("-starts_at", "-pk")[:MOST_SESSIONS])
