"""What a resource's address gives: its newest file, or what was written last."""

from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort import richtext
from cohort.files import CheckedFile, discard, stored
from cohort.models import Membership
from forums.services import give_files
from resources import tasks
from resources.models import Contents, FileVersion, PagePicture, Resource, WrittenPage
from resources.services.refused import Refused


class EnoughVersions(Refused):
    reason = _(
        "This resource has had a hundred files, and none is thrown away here. Add this one as a "
        "resource of its own."
    )


class WrittenMeanwhile(Exception):
    """Somebody else saved a page since it was read; nothing was changed."""


def add_version(
    *, resource: Resource, added_by: Membership, file: CheckedFile, note: str = ""
) -> FileVersion:
    """Let a resource's address give a newer file; the same file again changes nothing.

    `note` says what changed. Raises EnoughVersions, NotStored.
    """
    with stored(file, FileVersion) as path, transaction.atomic():
        now = Resource.objects.select_for_update().get(pk=resource.pk).current_version
        if now and now.sha256 == file.sha256:
            discard(path)
            return now
        if resource.versions.count() >= FileVersion.MOST:
            raise EnoughVersions
        return keep_version(resource, added_by, file, path, note)


def keep_version(
    resource: Resource, added_by: Membership, file: CheckedFile, path: str, note: str = ""
) -> FileVersion:
    """The rows of a file that is stored already; within its transaction."""
    last = resource.versions.first()
    version = resource.versions.create(
        number=last.number + 1 if last else 1,
        file=path,
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        sha256=file.sha256,
        note=note.strip(),
        added_by=added_by,
    )
    if version.is_looked_into:
        Contents.objects.create(version=version)
        tasks.read_soon()
    resource.current_version = version
    resource.updated_at = timezone.now()
    resource.save(update_fields=["current_version", "updated_at"])
    return version


def discard_files_of(versions: QuerySet[FileVersion]) -> None:
    """Delete the bytes of versions and of the pictures of their pages once the rows are gone for
    good; within the transaction that deletes these.
    """
    pictures = PagePicture.objects.filter(contents__version__in=versions)
    paths = [*versions.values_list("file", flat=True), *pictures.values_list("file", flat=True)]
    for path in paths:
        transaction.on_commit(partial(discard, path))


@transaction.atomic
def write_page(*, resource: Resource, writer: Membership, html: str, version: int) -> None:
    """Save a page anew; the same words again change nothing.

    `html` is sanitized, `version` the number of the state that the writer began with. Raises
    WrittenMeanwhile if it is not the newest any more.
    """
    now = Resource.objects.select_for_update().get(pk=resource.pk).current_page
    if now and now.html == html:
        return
    if now and now.number != version:
        raise WrittenMeanwhile
    keep_page(resource, writer, html)


def keep_page(resource: Resource, writer: Membership, html: str) -> WrittenPage:
    """Its newest state, and no more older ones than are kept; within a transaction."""
    last = resource.pages.first()
    page = resource.pages.create(
        number=last.number + 1 if last else 1,
        html=html,
        text=richtext.to_text(html),
        written_by=writer,
    )
    give_files(html, reference=resource.reference, writer=writer)
    resource.current_page = page
    resource.updated_at = timezone.now()
    resource.save(update_fields=["current_page", "updated_at"])
    resource.pages.filter(number__lte=page.number - WrittenPage.MOST_KEPT).delete()
    return page
