"""The library: each resource with its real file."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from cohort.files.types import ALL
from cohort.models import Audience, Membership
from cohort.storage import random_name
from demo.loader import content, documents
from demo.loader.calendar import Calendar
from demo.loader.chance import dice
from demo.loader.labels import Labels
from demo.loader.people import People
from demo.loader.writing import rich
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
    for add in (_add_files, _add_pages):
        add(library, entries, people, calendar)
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


@dataclass(frozen=True)
class _State:
    """What a file or a page said from a moment on."""

    number: int
    content: str
    by: Membership
    since: datetime
    note: str = ""


def _states(
    words: content.ResourceWords, resource: Resource, people: People, calendar: Calendar
) -> list[_State]:
    """The oldest first."""
    author = people.members[words.header["by"].partition(" ")[0]]
    first = _State(1, words.at_first, author, resource.created_at)
    if "again" not in words.header:
        return [first]
    name, day, clock, note = words.header["again"].split(" ", 3)
    member = people.members[name]
    since = calendar.moment(f"{day} {clock}", member.user.time_zone, after=resource.created_at)
    return [first, _State(2, words.content, member, since, note)]


def _add_files(
    library: Library, entries: list[content.ResourceWords], people: People, calendar: Calendar
) -> None:
    versions = []
    for words in entries:
        resource = library.resources[words.key]
        if name := words.header.get("file"):
            for state in _states(words, resource, people, calendar):
                made = documents.make(name, words.header["title"], state.content)
                versions.append(_version(library, resource, state, name, made))
    for version in FileVersion.objects.bulk_create(versions):
        version.resource.current_version = version
        version.resource.updated_at = version.created_at
    # A worker reads them within a minute.
    Contents.objects.bulk_create(Contents(version=version) for version in versions)
    Resource.objects.bulk_update(
        {version.resource for version in versions}, ["current_version", "updated_at"]
    )


def _add_pages(
    library: Library, entries: list[content.ResourceWords], people: People, calendar: Calendar
) -> None:
    """What has a text and no file was written here."""
    pages = [
        _page(library.resources[words.key], state)
        for words in entries
        if words.content and "file" not in words.header
        for state in _states(words, library.resources[words.key], people, calendar)
    ]
    for page in WrittenPage.objects.bulk_create(pages):
        page.resource.current_page = page
        page.resource.updated_at = page.created_at
    Resource.objects.bulk_update({page.resource for page in pages}, ["current_page", "updated_at"])


def _page(resource: Resource, state: _State) -> WrittenPage:
    words = rich(state.content)
    return WrittenPage(
        resource=resource,
        number=state.number,
        html=words.html,
        text=words.text,
        written_by=state.by,
        created_at=state.since,
    )


def _version(
    library: Library, resource: Resource, state: _State, name: str, made: bytes
) -> FileVersion:
    path = random_name(FileVersion, name)
    library.stored.append(default_storage.save(path, ContentFile(made)))
    return FileVersion(
        resource=resource,
        number=state.number,
        file=path,
        name=name,
        content_type=_TYPES["." + name.rpartition(".")[2]],
        size=len(made),
        sha256=hashlib.sha256(made).hexdigest(),
        note=state.note,
        added_by=state.by,
        created_at=state.since,
    )
