"""Several files at once: each is a resource of its own."""

import re
import uuid
from collections.abc import Iterable
from typing import Any

from cohort.files import CheckedFile
from cohort.models import Membership
from resources.models import Resource
from resources.services.resources import add_resource

LONGEST_TITLE = 160


def add_files(
    *, added_by: Membership, files: Iterable[CheckedFile], form_key: uuid.UUID, **said: Any
) -> list[Resource]:
    """Put each file into the library, called by its name; `said` is as `add_resource` takes it.

    The same form sent again adds none twice. Raises NotStored; what came before is kept.
    """
    return [
        add_resource(
            added_by=added_by,
            file=file,
            form_key=uuid.uuid5(form_key, f"{file.sha256} {file.name}"),
            **{**said, "title": title_from(file.name)},
        )
        for file in files
    ]


def title_from(name: str) -> str:
    """A file's name as one would say it: without its extension, words apart."""
    words = re.sub(r"[_\s]+", " ", name.rpartition(".")[0] or name).strip()
    return words[:LONGEST_TITLE] or name[:LONGEST_TITLE]
