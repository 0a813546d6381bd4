"""Whether every row has its file and every file its row: looked at each night, or on demand."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models

from cohort.models import FileCheck

logger = logging.getLogger(__name__)
LINES_KEPT = 100


@dataclass(frozen=True)
class Findings:
    """What lies in the store, what rows name, and where the two differ."""

    kept: set[str]
    named: dict[str, str]
    # The path of each missing file, and the row that names it.
    missing: dict[str, str]
    orphans: list[str]

    @property
    def lines(self) -> list[str]:
        return [
            *(f"Missing: {row} names {path}" for path, row in sorted(self.missing.items())),
            *(f"Without a row: {path}" for path in self.orphans),
        ]


def check() -> Findings:
    """Look at every file and every row, keep what was found, and log what is missing."""
    # Files first, rows after: a file that arrives meanwhile is then never taken for an orphan.
    kept = set(_stored_files())
    named = dict(_named_files())
    findings = Findings(
        kept,
        named,
        missing={path: row for path, row in named.items() if _is_missing(path, kept)},
        orphans=sorted(kept - named.keys()),
    )
    FileCheck.objects.create(
        files=len(kept),
        rows=len(named),
        missing=len(findings.missing),
        without_row=len(findings.orphans),
        report="\n".join(findings.lines[:LINES_KEPT]),
    )
    if findings.missing:
        logger.error("Files are missing:\n%s", "\n".join(findings.lines[:LINES_KEPT]))
    return findings


def _stored_files(folder: str = "") -> Iterator[str]:
    """The path of every file in the store."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield f"{folder}/{name}" if folder else name
    for name in folders:
        yield from _stored_files(f"{folder}/{name}" if folder else name)


def _named_files() -> Iterator[tuple[str, str]]:
    """The path of every file that a row of any app names, and which row that is."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField) and field.storage == default_storage:
                rows = model._base_manager.exclude(**{field.name: ""}).exclude(
                    **{f"{field.name}__isnull": True}
                )
                for pk, path in rows.values_list("pk", field.name).iterator():
                    yield path, f"{model._meta.label} {pk}"


def _is_missing(path: str, kept: set[str]) -> bool:
    """Asks again about what the listing lacks: it may have arrived after the listing was made."""
    return path not in kept and not default_storage.exists(path)
