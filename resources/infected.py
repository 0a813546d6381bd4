"""A file of the library in which the virus scanner found something, after it had been taken."""

from cohort import late_scans
from cohort.events import Withdrawn
from resources.models import FileVersion, Resource
from resources.services.versions import discard_files_of


def withdraw(path: str) -> Withdrawn | None:
    """Take one file away for good, within a transaction.

    Its address gives the version before it again; where there is none, the resource goes.
    """
    version = FileVersion.objects.filter(file=path).first()
    if version is None:
        return None
    resource = Resource.objects.select_for_update().get(pk=version.resource_id)
    adders = [row for row in (version.added_by, resource.added_by) if row]
    is_seen = all(resource.is_visible_to(adder) for adder in adders)
    place = resource.title if is_seen else ""
    gone = Withdrawn(resource.cohort, adders, version.name, place, path)
    others = resource.versions.exclude(pk=version.pk)
    discard_files_of(resource.versions.filter(pk=version.pk))
    if not others.exists():
        resource.delete()
        return gone
    if resource.current_version_id == version.pk:
        resource.current_version = others.first()
        resource.save(update_fields=["current_version"])
    version.delete()
    return gone


def register() -> None:
    late_scans.register(FileVersion, withdraw)
