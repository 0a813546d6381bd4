"""Files that came while the virus scanner was away are looked at once it is back.

The rows say what waits. What it finds something in is withdrawn by the app that keeps such files
(it registers how in `AppConfig.ready`), and whom it concerns is told, in one transaction.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from time import monotonic

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils import timezone

from cohort import audit, events
from cohort.events import Withdrawn
from cohort.files import discard, scanning
from cohort.models import UnscannedFile

log = logging.getLogger(__name__)
# A worker that was killed lets go of a file after this long.
LEASE = timedelta(minutes=5)
# When the scanner is asked again about a file that it could not look at: later with each time.
AGAIN, AT_LATEST = timedelta(minutes=2), timedelta(hours=1)

# Takes the file at a path away with its row, and says whose it was; None where no row has it.
Withdraw = Callable[[str], Withdrawn | None]
_withdraw: dict[str, Withdraw] = {}


def register(model: type[models.Model], withdraw: Withdraw) -> None:
    """How files of a model are withdrawn; called within a transaction."""
    _withdraw[model._meta.label_lower] = withdraw


def scan_due(seconds: float) -> int:
    """Look at files that wait until none is due, the scanner is away or time is over; how many."""
    ends, looked_at = monotonic() + seconds, 0
    while scanning.is_on() and monotonic() < ends and (waiting := _claim()):
        if not _look_at(waiting):
            break
        looked_at += 1
    return looked_at


@transaction.atomic
def _claim() -> UnscannedFile | None:
    now = timezone.now()
    due = UnscannedFile.objects.filter(not_before__lte=now).order_by("not_before", "pk")
    waiting = due.select_for_update(skip_locked=True).first()
    if waiting:
        waiting.tries = min(waiting.tries + 1, 1_000)
        waiting.not_before = now + LEASE
        waiting.save(update_fields=["tries", "not_before"])
    return waiting


def _look_at(waiting: UnscannedFile) -> bool:
    """False if the scanner is away: it need not be asked about the others."""
    try:
        with default_storage.open(waiting.path, "rb") as file:
            scanning.scan(file.chunks(), size=file.size)
    except FileNotFoundError:
        log.info("A file that waited to be scanned is gone: %s", waiting.path)
    except scanning.Infected as found:
        _take_away(waiting, str(found))
        return True
    except scanning.ScannerAway as why:
        log.error("A file still waits to be scanned: %s", why)
        _put_off(waiting)
        return False
    except Exception:  # whatever a store says when it is away: after the lease it is tried again
        log.exception("A file that waits to be scanned could not be read")
        return True
    waiting.delete()
    return True


def _put_off(waiting: UnscannedFile) -> None:
    """So that one that it never can look at holds up no other."""
    waiting.not_before = timezone.now() + min(AGAIN * waiting.tries, AT_LATEST)
    waiting.save(update_fields=["not_before"])


@transaction.atomic
def _take_away(waiting: UnscannedFile, found: str) -> None:
    log.warning("A file was withdrawn: %s in %s", found, waiting.path)
    withdrawn = _withdraw[waiting.model](waiting.path)
    if withdrawn is None:
        discard(waiting.path)
    else:
        audit.record(
            "file.withdrawn", subject=withdrawn.name, actor=None, cohort=withdrawn.cohort,
            found=found, place=withdrawn.place,
        )  # fmt: skip
        events.file_withdrawn(withdrawn, found)
    waiting.delete()
