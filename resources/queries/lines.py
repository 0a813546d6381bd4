"""Resources as lines of a list: what a line shows of each, and no more."""
# ruff: noqa: S611 (constants, without parameters)

from datetime import datetime
from typing import NamedTuple

from django.db.models import F, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Left

from resources.models import FileVersion, ResourceQuerySet, site_of

# A line says the beginning of the description; blanks in it are more than it says.
READ = 800


class Line(NamedTuple):
    """A resource as a list shows it. `title` and whatever people wrote is text, not markup, but
    `headline`: where a search found its words, as markup, else empty.
    """

    pk: int
    title: str
    kind: str
    text: str
    audience: str
    url: str
    page_pk: int | None
    created_at: datetime
    featured_at: datetime | None
    helpful_count: int
    team: str | None  # whose it is, where it is for one team
    stored_file: list[str] | None  # name, content type, bytes
    adder: list[str | None] | None  # name, team
    themes: list[list[str]]  # each its color and its name, in order
    headline: str

    @property
    def file(self) -> FileVersion | None:
        """As far as a line shows it."""
        if self.stored_file is None:
            return None
        name, content_type, size = self.stored_file
        return FileVersion(name=name, content_type=content_type, size=int(size))

    @property
    def is_page(self) -> bool:
        return self.page_pk is not None

    @property
    def site(self) -> str:
        return site_of(self.url)


# By hand, as the lines of discussions are: models of all that a line touches cost five times what
# PostgreSQL needs. People and files are looked up and not joined, which would multiply the ways
# in which it may go about it.
_TEAM = "SELECT name FROM cohort_team WHERE id = resources_resource.team_id"
_FILE = """
SELECT ARRAY[name, content_type, size::text]
FROM resources_fileversion WHERE id = resources_resource.current_version_id
"""
_ADDER = """
SELECT ARRAY[coalesce(nullif(person.name, ''), person.email), team.name]
FROM cohort_membership member
JOIN cohort_user person ON person.id = member.user_id
LEFT JOIN cohort_team team ON team.id = member.team_id
WHERE member.id = resources_resource.added_by_id
"""
_THEMES = """
ARRAY(
    SELECT ARRAY[theme.color, theme.name]
    FROM resources_resourcetheme given JOIN cohort_theme theme ON theme.id = given.tag_id
    WHERE given.content_object_id = resources_resource.id
    ORDER BY theme.position, theme.id
)
"""


def lines_of(resources: ResourceQuerySet) -> list[Line]:
    """The lines of resources that the reader may see, in their order; one query.

    Those annotated with a `headline` tell it.
    """
    is_found = "headline" in resources.query.annotations
    rows = resources.values_list(
        "pk", "title", "kind", Left("description_text", READ), "audience", "url",
        "current_page_id", "created_at", "featured_at", "helpful_count", RawSQL(_TEAM, []),
        RawSQL(_FILE, []), RawSQL(_ADDER, []), RawSQL(_THEMES, []),
        F("headline") if is_found else Value(""),
    )  # fmt: skip
    return [Line(*values) for values in rows]


def lines_by_pk(resources: ResourceQuerySet, pks: list[int]) -> dict[int, Line]:
    """The lines of some, by their keys."""
    return {line.pk: line for line in lines_of(resources.filter(pk__in=pks).order_by())}
