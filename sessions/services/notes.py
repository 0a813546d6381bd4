"""Shared notes: what several people write at once becomes one text, and none of it is lost.

A CRDT (https://docs.yjs.dev) makes that so; `pycrdt` here and `yjs` in browsers speak the same
updates. The document has one text, named `notes`.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from pycrdt import Doc, Text

from cohort.models import Membership
from sessions.models import NOTES_LIMIT, LearningSession, SharedNotes
from sessions.permissions import can_write_notes
from sessions.services.refusals import Refused

ROOT = "notes"
# What was deleted leaves traces in the document; a document of nothing but traces is full too.
STATE_LIMIT = 400_000  # bytes


class Conflict(Exception):
    """Somebody wrote meanwhile; `current` is what is there now."""

    def __init__(self, current: SharedNotes) -> None:
        super().__init__("written meanwhile")
        self.current = current


@dataclass(frozen=True)
class Stored:
    """Notes as the database has them after saving."""

    version: int
    state: bytes


def document(state: bytes = b"") -> "Doc[Text]":
    doc: Doc[Text] = Doc()
    doc[ROOT] = Text()
    if state:
        doc.apply_update(state)
    return doc


def words_of(doc: "Doc[Text]") -> str:
    return str(doc[ROOT])


def load(session_pk: int) -> Stored:
    """The document as it was saved last; an empty one where nobody has written."""
    row = SharedNotes.objects.filter(pk=session_pk).values_list("version", "state").first()
    return Stored(row[0], bytes(row[1])) if row else Stored(0, b"")


@transaction.atomic
def save(*, session_pk: int, update: bytes) -> Stored:
    """Merge an update into what is stored, whatever came between. Raises Refused when full.

    Saving the same again changes nothing.
    """
    notes = _locked(session_pk)
    doc = document(bytes(notes.state))
    before = doc.get_update()
    doc.apply_update(update)
    state = doc.get_update()
    if state == before:
        return Stored(notes.version, state)
    _keep(notes, doc, state)
    return Stored(notes.version, state)


@transaction.atomic
def replace(*, session: LearningSession, member: Membership, version: int, text: str) -> None:
    """Make this the text, if nobody wrote since that version. Raises Conflict and Refused.

    Only what differs is written, so that windows in which people write at this moment keep theirs.
    """
    if not can_write_notes(member, session):
        raise Refused("forbidden")
    notes = _locked(session.pk)
    if notes.version != version:
        raise Conflict(notes)
    doc = document(bytes(notes.state))
    _write_difference(doc[ROOT], words_of(doc), text)
    state = doc.get_update()
    if words_of(doc) != notes.text:
        _keep(notes, doc, state)


def _locked(session_pk: int) -> SharedNotes:
    SharedNotes.objects.bulk_create([SharedNotes(session_id=session_pk)], ignore_conflicts=True)
    return SharedNotes.objects.select_for_update().get(pk=session_pk)


def _keep(notes: SharedNotes, doc: "Doc[Text]", state: bytes) -> None:
    if is_full(doc, state):
        raise Refused("full")
    notes.state, notes.text = state, words_of(doc).replace("\0", "")
    notes.version += 1
    notes.updated_at = timezone.now()
    notes.save()


def is_full(doc: "Doc[Text]", state: bytes) -> bool:
    return len(words_of(doc)) > NOTES_LIMIT or len(state) > STATE_LIMIT


def _write_difference(text: Text, old: str, new: str) -> None:
    """Change the one stretch in which the two differ. Places are counted in bytes of UTF-8."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    rest = 0
    while rest < min(len(old), len(new)) - start and old[-1 - rest] == new[-1 - rest]:
        rest += 1
    begin, end = len(old[:start].encode()), len(old[: len(old) - rest].encode())
    if end > begin:
        del text[begin:end]
    if written := new[start : len(new) - rest]:
        text.insert(begin, written)
