"""What the page of one resource shows. The resource was fetched from what its reader may see."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import JSONObject

from cohort.models import Membership, Tag, theme_list
from cohort.references import Thing, thing_at
from forums.models import Attachment, Post, Thread
from resources.models import (
    FileVersion,
    HelpfulMark,
    LinkCheck,
    PagePicture,
    Resource,
    ResourceQuerySet,
    ResourceTheme,
    WrittenPage,
)
from resources.relations import sessions_seen

BEGINNING = 600
MOST_LINES = 12
MOST_PLACES = 12


@dataclass(frozen=True)
class Beginning:
    """Of a plain text, with its lines; `is_cut` if it goes on."""

    text: str
    is_cut: bool


@dataclass(frozen=True)
class SheetLook:
    """The first rows of a sheet; without a name where there is but one."""

    title: str
    rows: list[list[str]]
    is_cut: bool

    @property
    def head(self) -> list[str]:
        """The first row, where it names each column."""
        return self.rows[0] if len(self.rows) > 1 and all(self.rows[0]) else []

    @property
    def body(self) -> list[list[str]]:
        return self.rows[1:] if self.head else self.rows


@dataclass(frozen=True)
class Preview:
    """What a file looks like before it is downloaded."""

    state: str
    pages: int | None
    pictures: list[PagePicture]
    beginning: Beginning
    tables: list[SheetLook]
    findings: list[str]

    @property
    def shows_all(self) -> bool:
        return self.pages is None or self.pages <= len(self.pictures)


def shown(resources: ResourceQuerySet, member: Membership) -> ResourceQuerySet:
    """Each with all that its page says of it, in one query for all of that.

    That is its themes, tags and drawn pages as plain rows (`theme_list`, `tag_list`,
    `picture_list`), what was read of its file, and `is_marked`: whether it helped the member.
    """
    tags = Tag.objects.filter(resource_items__content_object=OuterRef("pk"))
    pictures = PagePicture.objects.filter(contents__version=OuterRef("current_version"))
    marks = HelpfulMark.objects.filter(resource=OuterRef("pk"), member=member)
    return (
        resources.select_related(
            "cohort",
            "team",
            "current_version__contents",
            "current_page",
            "added_by__user",
            "added_by__team",
        )
        .defer("search", "current_version__contents__search", "current_page__search")
        .annotate(
            theme_list=theme_list(ResourceTheme),
            tag_list=ArraySubquery(tags.order_by("resource_items").values("name")),
            picture_list=ArraySubquery(
                pictures.order_by("number").values(
                    row=JSONObject(number="number", width="width", height="height")
                )
            ),
            is_marked=Exists(marks),
        )
    )


def dead_link_of(resource: Resource) -> LinkCheck | None:
    """What is known of its link, if that has stopped answering."""
    return LinkCheck.objects.dead().filter(resource=resource).first() if resource.url else None


def preview_of(resource: Resource) -> Preview | None:
    """Of one that was loaded as `shown`: no query.

    None for a file that came before files were read; the beat sees to it.
    """
    contents = getattr(resource.current_version, "contents", None)
    if contents is None:
        return None
    pictures = [PagePicture(**row) for row in resource.picture_list]  # type: ignore[attr-defined]
    beginning = beginning_of("" if pictures else contents.text)
    tables = [SheetLook(**table) for table in contents.tables]
    return Preview(contents.state, contents.pages, pictures, beginning, tables, contents.findings)


def beginning_of(text: str) -> Beginning:
    """Its first lines, cut at a word where they are long."""
    start = "\n".join(text[: BEGINNING + 1].split("\n")[:MOST_LINES])
    if len(start) > BEGINNING:
        start = start[:BEGINNING].rsplit(None, 1)[0].rstrip(",.;:") + "…"
    return Beginning(start, len(start.rstrip()) < len(text.rstrip()))


def versions_of(resource: Resource) -> list[FileVersion]:
    """The newest first, with who added each."""
    return list(resource.versions.select_related("added_by__user"))


def pages_of(resource: Resource) -> list[WrittenPage]:
    """The states of a page, the newest first, with who wrote each; without their words."""
    pages = resource.pages.select_related("written_by__user").defer("html", "text", "search")
    return list(pages)


def pictures_in(resource: Resource) -> list[Attachment]:
    """The pictures in what its page says now, in the order they were put there."""
    page = resource.current_page
    files = Attachment.objects.about(resource.reference).filter(width__gt=0)
    files = files.select_related("cohort").order_by("created_at", "pk")
    return [file for file in files if page and file.get_absolute_url() in page.html]


@dataclass(frozen=True)
class Places:
    """Where a resource is spoken of, the latest first."""

    sessions: list[Thing]
    threads: list[Thing]
    resources: list[Thing]


def places_of(resource: Resource, member: Membership) -> Places:
    """The sessions it belongs to, and the discussions and other resources that link to it, as the
    member sees them.

    One query for all, of so many of each as a page has room for.
    """
    sessions = sessions_seen(member).filter(resources=resource)
    posts = Post.objects.visible_to(member).standing()
    linking = posts.filter(references__contains=[resource.reference]).values("thread")
    threads = Thread.objects.visible_to(member).filter(pk__in=linking)
    threads = threads.exclude(about=resource.reference)
    resources = Resource.objects.visible_to(member).exclude(pk=resource.pk)
    resources = resources.filter(references__contains=[resource.reference])
    rows = _rows("session", sessions, "starts_at").union(
        _rows("thread", threads, "last_posted_at"),
        _rows("resource", resources, "updated_at"),
        all=True,
    )
    found: dict[str, list[tuple[datetime, Thing]]] = defaultdict(list)
    for kind, pk, title, at in rows:
        found[kind].append((at, thing_at(kind, pk, title, member.cohort)))
    return Places(*(_latest(found[kind]) for kind in ("session", "thread", "resource")))


def _rows(kind: str, rows: QuerySet[Any], at: str) -> QuerySet[Any, Any]:
    named = rows.annotate(kind_name=Value(kind, CharField()), at=F(at)).order_by(f"-{at}", "-pk")
    return named.values_list("kind_name", "pk", "title", "at")[:MOST_PLACES]


def _latest(found: list[tuple[datetime, Thing]]) -> list[Thing]:
    return [thing for _at, thing in sorted(found, key=itemgetter(0), reverse=True)]
