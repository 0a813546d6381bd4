"""Has files read by a worker: their words for search, pictures of their first pages for their page.

The rows say what is to do: a version comes with `Contents` that wait. A file is read in a process
of its own (`cohort.limited`), so that a bad one costs one preview.
"""

import json
import logging
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files import File
from django.db import DataError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone
from PIL import Image

from cohort.files import CheckedFile, stored
from cohort.files.types import PICTURES
from cohort.files.uploads import sha256_of
from cohort.limited import MB, Unfinished, run_limited
from resources.models import Contents, PagePicture

logger = logging.getLogger(__name__)
SECONDS = 30
MEMORY = 1024 * MB
# A worker that was killed lets go of a file after this long.
LEASE = timedelta(minutes=5)
MOST_TRIES = 3
READ = ["state", "text", "pages", "findings", "tables", "read_at"]


@dataclass(frozen=True)
class Drawn:
    file: Path
    width: int
    height: int


def read_next() -> bool:
    """Read one file that waits; False if none does. Two workers never take the same one."""
    contents = _claim()
    if contents is None:
        return False
    try:
        with TemporaryDirectory() as folder:
            _read(contents, Path(folder))
    except Unfinished as why:
        logger.info("Version %s cannot be read: %s", contents.version_id, why)
        _settle(contents, Contents.State.FAILED)
    except Exception:
        # The store was away, or a disk full: again later, and at last not any more.
        logger.exception("Version %s was not read", contents.version_id)
        if contents.tries >= MOST_TRIES:
            _settle(contents, Contents.State.FAILED)
    return True


@transaction.atomic
def _claim() -> Contents | None:
    due = Contents.objects.due().order_by("not_before", "pk")
    contents = due.select_related("version").select_for_update(skip_locked=True, of=("self",))
    found = contents.first()
    if found:
        found.tries += 1
        now = timezone.now()
        Contents.objects.filter(pk=found.pk).update(tries=F("tries") + 1, not_before=now + LEASE)
    return found


def _read(contents: Contents, folder: Path) -> None:
    source = folder / "file"
    version = contents.version
    with version.file.open("rb") as file, source.open("wb") as copy:
        for chunk in file.chunks():
            copy.write(chunk)
    out = folder / "out"
    out.mkdir()
    run_limited(
        "resources.reading",
        str(source),
        version.content_type,
        str(out),
        seconds=SECONDS,
        memory=MEMORY,
    )
    said = json.loads((out / "contents.json").read_text("utf-8"))
    _keep(contents, said, [_drawn(path) for path in sorted(out.glob("page-*.webp"))])


def _drawn(path: Path) -> Drawn:
    with Image.open(path, formats=("WEBP",)) as picture:
        return Drawn(path, *picture.size)


def _keep(contents: Contents, said: dict[str, Any], drawn: list[Drawn]) -> None:
    """What was found, with its pictures: all of it or nothing."""
    with ExitStack() as around:
        pictures = []
        for number, page in enumerate(drawn, start=1):
            file = File(around.enter_context(page.file.open("rb")))
            kept = CheckedFile(
                file, page.file.name, PICTURES["webp"], file.size, sha256_of(file),
                page.width, page.height,
            )  # fmt: skip
            path = around.enter_context(stored(kept, PagePicture))
            pictures.append(
                PagePicture(
                    contents=contents, number=number, file=path, sha256=kept.sha256,
                    width=kept.width, height=kept.height,
                )
            )  # fmt: skip
        around.enter_context(transaction.atomic())
        contents.pages = said["pages"]
        contents.findings = said["findings"]
        contents.tables = said["tables"]
        _settle(contents, Contents.State.READ, said["text"])
        PagePicture.objects.bulk_create(pictures)


def _settle(contents: Contents, state: str, text: str = "") -> None:
    """Keep as much of the text as one search vector holds: of most books all of it."""
    contents.state, contents.read_at = state, timezone.now()
    while True:
        contents.text = text
        try:
            with transaction.atomic():
                contents.save(update_fields=READ)
            return
        except (DataError, OperationalError):
            if len(text) < 1_000:
                raise
            text = text[: len(text) // 2]
