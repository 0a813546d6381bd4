"""An older state becomes the newest again; the one that it follows is kept."""

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from cohort.files import check_upload, fetched
from cohort.files.types import BYTES
from cohort.models import Membership
from resources.models import FileVersion, Resource, WrittenPage
from resources.services.resources import linked_from
from resources.services.versions import add_version, write_page


def restore_version(*, resource: Resource, version: FileVersion, by: Membership) -> FileVersion:
    """Let a resource's address give an older file again, under a number of its own.

    It is checked like one that arrives today. Raises EnoughVersions, FileRefused, NotFetched,
    NotStored.
    """
    with fetched(version.file) as old:
        file = check_upload(File(old, version.name), takes_other=version.content_type == BYTES)
        note = _("Version %(number)s again.") % {"number": version.number}
        return add_version(resource=resource, added_by=by, file=file, note=note)


@transaction.atomic
def restore_page(*, resource: Resource, page: WrittenPage, by: Membership) -> None:
    """Let a page say again what it said. Raises WrittenMeanwhile."""
    now = resource.current_page.number if resource.current_page else 0
    write_page(resource=resource, writer=by, html=page.html, version=now)
    resource.references = linked_from(resource, page.html)
    resource.save(update_fields=["references"])
