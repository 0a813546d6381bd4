"""No row without its file, no file without its row: the file is written first, then its row."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, models
from django.db.models.fields.files import FieldFile
from django.utils import timezone

from cohort.files.uploads import CheckedFile
from cohort.models import UnscannedFile
from cohort.storage import random_name

log = logging.getLogger(__name__)
ROW_COMES_WITHIN = timedelta(minutes=1)


class NotStored(Exception):
    """The file could not be written: the disk is full, or the store is away. Nothing was kept."""


class NotFetched(Exception):
    """A file that is kept cannot be read: it is gone, or the store is away."""


def fetched(file: FieldFile) -> File:
    """A kept file, open to be read and to be closed. Raises NotFetched."""
    try:
        opened: File = file.open("rb")
    except Exception as error:
        log.exception("A file could not be read")
        raise NotFetched from error
    return opened


@contextmanager
def stored(checked: CheckedFile, model: type[models.Model]) -> Iterator[str]:
    """Write a file under a random name, and take it back if its row does not come to be.

    The row's transaction belongs inside. Raises NotStored.
    """
    path = random_name(model, checked.name)
    # A bucket keeps it with the bytes: what we found, and not what the browser said.
    checked.file.content_type = checked.content_type  # type: ignore[attr-defined]
    try:
        default_storage.save(path, checked.file)
        _flush(path)
        if checked.awaits_scan:
            _note_unscanned(path, model)
    except Exception as error:
        log.exception("A file could not be written")
        discard(path)
        raise NotStored from error
    try:
        yield path
    except (OperationalError, InterfaceError):
        # Whether the row was kept is unknown; `manage.py check_files` finds out later.
        raise
    except BaseException:
        discard(path)
        raise


def _note_unscanned(path: str, model: type[models.Model]) -> None:
    """To be looked at soon, though not before its row is there (`cohort.late_scans`)."""
    UnscannedFile.objects.create(
        path=path, model=model._meta.label_lower, not_before=timezone.now() + ROW_COMES_WITHIN
    )


def discard(path: str) -> None:
    """Delete a stored file. If that fails the file stays for `manage.py check_files`."""
    try:
        default_storage.delete(path)
    except Exception:
        log.exception("A file without a row stays behind: %s", path)


def _flush(path: str) -> None:
    """Have the file on the disk before the database says that it is there."""
    try:
        local = default_storage.path(path)
    except NotImplementedError:
        return
    descriptor = os.open(local, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
