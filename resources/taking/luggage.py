"""What goes into an archive, one resource after the other, and what is told of it at the end."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from typing import IO
from zoneinfo import ZoneInfo

from django.core.files.storage import default_storage
from django.utils import timezone, translation

from cohort.access import find_membership
from cohort.files.archives import PIECE, ArchiveMember
from cohort.files.names import clean_folder
from cohort.models import Membership
from forums.models import Attachment
from resources.models import FileVersion, Resource
from resources.queries.page import pictures_in
from resources.taking.index import index_page, table, written_page
from resources.taking.lines import Line, line_of
from resources.taking.names import Names

log = logging.getLogger(__name__)


class NoLongerHere(Exception):
    """Whoever takes the archive has left the cohort meanwhile."""


class Luggage:
    """One archive on its way. Its members are drawn in threads that know neither language nor zone,
    so these are kept from the request."""

    def __init__(
        self,
        member: Membership,
        resources: Iterable[Resource] | Iterable[int],
        title: str,
        notes: Mapping[int, str] | None = None,
    ) -> None:
        self.cohort, self.title = member.cohort, title
        self.begun_at = timezone.now()
        self._user_pk = member.user_id
        self._zone = ZoneInfo(member.user.time_zone)
        self._language = translation.get_language()
        asked = [each if isinstance(each, int) else each.pk for each in resources]
        seen = Resource.objects.visible_to(member).filter(pk__in=asked)
        # Folder by folder, so that the same library gives the same archive.
        self.pks = list(seen.order_by("kind", "title", "pk").values_list("pk", flat=True))
        self._in_order, self._notes = notes is not None, notes or {}
        if self._in_order:
            self.pks.sort(key=asked.index)
        self._names = Names()
        self.lines: list[Line] = []

    def members(self) -> Iterator[ArchiveMember]:
        """Files as they are put in; index and table last, as they tell what was missing.

        Raises NoLongerHere, which leaves the archive unfinished.
        """
        for pk in self.pks:
            resource = self._seen_now(pk)
            if resource:
                yield from self._packed(resource)
        with self._in_words():
            page = index_page(
                self.title, self.cohort, self.lines, self.begun_at, in_order=self._in_order
            )
            cells = table(self.lines)
        yield ArchiveMember("index.html", [page.encode()], self._local(self.begun_at))
        yield ArchiveMember("metadata.csv", [cells.encode()], self._local(self.begun_at))

    def _seen_now(self, pk: int) -> Resource | None:
        """The resource as it is at this moment; None if it is gone, or not for them any more."""
        member = find_membership(self._user_pk, self.cohort.slug)
        if member is None or not member.user.is_active:
            raise NoLongerHere
        resources = Resource.objects.visible_to(member).with_rows()
        return resources.select_related("current_page").filter(pk=pk).first()

    def _packed(self, resource: Resource) -> Iterator[ArchiveMember]:
        with self._in_words():
            line = line_of(resource)
            line.note = self._notes.get(resource.pk, "")
        self.lines.append(line)
        version = resource.current_version
        if resource.is_page:
            yield from self._page(resource, line)
        if version is None:
            return
        path = self._names.of(line.kind, version.name)
        for member in self._file(path, version, line):
            line.path = path
            yield member

    def _file(
        self, path: str, file: FileVersion | Attachment, line: Line
    ) -> Iterator[ArchiveMember]:
        """Its bytes as one member; none where they are missing, which the line then tells."""
        try:
            content = default_storage.open(file.file.name or "", "rb")
        except Exception:  # whatever a store says when it has no such file, or is away
            log.exception("A file is missing in an archive")
            line.is_missing = True
            return
        changed_at = self._local(file.created_at)
        with closing(content):
            yield ArchiveMember(path, _pieces(content, file, line), changed_at, file.size)

    def _page(self, resource: Resource, line: Line) -> Iterator[ArchiveMember]:
        """What was written, and beside it the pictures that stand in it."""
        line.file = f"{clean_folder(resource.title) or 'page'}.html"
        line.path = self._names.of(line.kind, line.file)
        pictures = {
            picture.get_absolute_url(): (picture, self._names.of(line.kind, picture.name))
            for picture in pictures_in(resource)
        }
        with self._in_words():
            places = {url: path.rpartition("/")[2] for url, (_picture, path) in pictures.items()}
            page = written_page(resource, line, places).encode()
        line.size = len(page)
        yield ArchiveMember(line.path, [page], self._local(resource.updated_at), line.size)
        for picture, path in pictures.values():
            yield from self._file(path, picture, line)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        with translation.override(self._language), timezone.override(self._zone):
            yield

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self._zone)


def _pieces(content: IO[bytes], file: FileVersion | Attachment, line: Line) -> Iterator[bytes]:
    """The bytes of a file; one that breaks off ends there, and the index says so."""
    given = 0
    try:
        while piece := content.read(PIECE):
            given += len(piece)
            yield piece
    except Exception:
        log.exception("A file broke off in an archive")
    line.is_missing |= given != file.size
