"""The library: each resource with its real file."""

import hashlib
from dataclasses import dataclass, field

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from cohort.files.types import ALL
from cohort.models import Audience
from cohort.storage import random_name
from demo.loader import content, documents
from demo.loader.calendar import Calendar
from demo.loader.chance import dice
from demo.loader.labels import Labels
from demo.loader.people import People
from demo.loader.writing import RichText, rich
from resources.languages import USUAL
from resources.models import (
    Contents,
    FileVersion,
    Resource,
    ResourceTag,
    ResourceTheme,
    WrittenPage,
)

_TYPES = {f".{kind.extension}": kind.content_type for kind in ALL}


@dataclass
class Library:
    """Resources by the keys of the content files, and where their files lie."""

    resources: dict[str, Resource] = field(default_factory=dict)
    stored: list[str] = field(default_factory=list)

    @property
    def addresses(self) -> dict[str, str]:
        return {key: resource.get_absolute_url() for key, resource in self.resources.items()}

    def references_in(self, html: str) -> list[str]:
        """What of the library a text links to."""
        linked = (
            each for each in self.resources.values() if f'"{each.get_absolute_url()}"' in html
        )
        return [resource.reference for resource in linked]

    def discard_files(self) -> None:
        """Take the files back after all when their rows did not come to be."""
        for path in self.stored:
            default_storage.delete(path)


def load_library(library: Library, people: People, calendar: Calendar, labels: Labels) -> None:
    entries = list(content.resources())
    made = Resource.objects.bulk_create(_resource(words, people, calendar) for words in entries)
    for words, resource in zip(entries, made, strict=True):
        library.resources[words.key] = resource
    _add_files(library, entries)
    _add_pages(library, entries)
    labels.attach(ResourceTheme, ResourceTag, zip(made, entries, strict=True))


def _resource(words: content.ResourceWords, people: People, calendar: Calendar) -> Resource:
    author, when = words.header["by"].split(" ", 1)
    member = people.members[author]
    described = rich(words.body)
    added = calendar.moment(when, member.user.time_zone)
    audience = words.header.get("audience", Audience.COHORT)
    team = people.teams.get(audience)
    return Resource(
        cohort=people.cohort,
        audience=Audience.TEAM if team else audience,
        team=team,
        title=words.header["title"],
        kind=words.header["kind"],
        description=described.html,
        description_text=described.text,
        used_for=words.header.get("used", ""),
        url=words.header.get("url", ""),
        made_by=words.header.get("made", ""),
        language=words.header.get("language", USUAL),
        alt=words.header.get("alt", ""),
        captions=words.header.get("captions", ""),
        is_public="public" in words.header,
        added_by=member,
        created_at=added,
        updated_at=added,
        download_count=dice("downloads", words.key).randint(2, 48),
    )


def _add_files(library: Library, entries: list[content.ResourceWords]) -> None:
    versions = []
    for words in entries:
        if name := words.header.get("file"):
            made = documents.make(name, words.header["title"], words.content)
            versions.append(_version(library, library.resources[words.key], name, made))
    for version in FileVersion.objects.bulk_create(versions):
        version.resource.current_version = version
    # A worker reads them within a minute.
    Contents.objects.bulk_create(Contents(version=version) for version in versions)
    Resource.objects.bulk_update([v.resource for v in versions], ["current_version"])


def _add_pages(library: Library, entries: list[content.ResourceWords]) -> None:
    """What has a text and no file was written here."""
    pages = [
        _page(library.resources[words.key], rich(words.content))
        for words in entries
        if words.content and "file" not in words.header
    ]
    for page in WrittenPage.objects.bulk_create(pages):
        page.resource.current_page = page
    Resource.objects.bulk_update([page.resource for page in pages], ["current_page"])


def _page(resource: Resource, words: RichText) -> WrittenPage:
    return WrittenPage(
        resource=resource,
        html=words.html,
        text=words.text,
        written_by=resource.added_by,
        created_at=resource.created_at,
    )


def _version(library: Library, resource: Resource, name: str, made: bytes) -> FileVersion:
    path = random_name(FileVersion, name)
    library.stored.append(default_storage.save(path, ContentFile(made)))
    return FileVersion(
        resource=resource,
        number=1,
        file=path,
        name=name,
        content_type=_TYPES["." + name.rpartition(".")[2]],
        size=len(made),
        sha256=hashlib.sha256(made).hexdigest(),
        added_by=resource.added_by,
        created_at=resource.created_at,
    )
