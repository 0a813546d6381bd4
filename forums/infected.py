"""A file in a post in which the virus scanner found something, after it had been taken."""

from functools import partial

from django.db import transaction

from cohort import late_scans
from cohort.events import Withdrawn
from cohort.files import discard
from cohort.references import thing_of
from forums.models import Attachment, Thread


def withdraw(path: str) -> Withdrawn | None:
    """Take a file out of its post, or out of what somebody writes; within a transaction."""
    file = Attachment.objects.select_for_update(of=("self",)).filter(file=path).first()
    if file is None:
        return None
    adders = [file.added_by] if file.added_by else []
    gone = Withdrawn(file.cohort, adders, file.name, _place(file), path)
    transaction.on_commit(partial(discard, path))
    file.delete()
    return gone


def _place(file: Attachment) -> str:
    if file.added_by is None:
        return ""
    if file.about_kind:
        thing = thing_of(f"{file.about_kind}:{file.about_pk}", file.added_by)
        return thing.title if thing else ""
    seen = Thread.objects.visible_to(file.added_by).filter(posts=file.post)
    return seen.values_list("title", flat=True).first() or ""


def register() -> None:
    late_scans.register(Attachment, withdraw)
