"""The facilitators' note on top of the edition: written in the console, told once to each reader.

A note belongs to a week of editions. Whoever gets one a week finds it in theirs, on whatever day;
whoever gets one every day, in the first that goes out after the note was published.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from cohort import audit, richtext
from cohort.letters import to_letter
from cohort.models import Cohort, Membership
from notifications.edition.page import Words, fragment
from notifications.edition.readers import SETTLED_AFTER
from notifications.models import EditionNote
from notifications.models.notes import week_of
from notifications.rendering import with_whole_addresses
from notifications.sections import Reader

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Note:
    """A note as an edition says it."""

    body: str
    text: str
    author: str


class ChangedMeanwhile(Exception):
    """Somebody published another version while this one was written."""

    def __init__(self, note: EditionNote) -> None:
        self.note = note


# ------------------------------------------------------------------------- telling


def notes_for(readers: Sequence[Reader]) -> dict[int, Note]:
    """The note of each reader who has not had it, by membership, in one query."""
    if not readers:
        return {}
    earliest = week_of(min(reader.until for reader in readers).date()) - WEEK
    kept: dict[int, list[EditionNote]] = defaultdict(list)
    for note in EditionNote.objects.filter(
        cohort__in={reader.member.cohort_id for reader in readers},
        week__gte=earliest,
        published_at__isnull=False,
    ).select_related("author__user"):
        kept[note.cohort_id].append(note)
    return {
        reader.member.pk: as_told(note)
        for reader in readers
        for note in kept[reader.member.cohort_id]
        if is_due(note, reader)
    }


def is_due(note: EditionNote, reader: Reader) -> bool:
    """Whether the edition of this window is the reader's first in the note's week that has it."""
    published = note.published_at
    if published is None or published >= reader.until:
        return False
    was_told = published < reader.since and _day(reader.since, reader) >= note.week
    return note.week <= _day(reader.until, reader) <= note.last_day and not was_told


def _day(moment: datetime, reader: Reader) -> date:
    """The reader's own day on which an edition with this end was planned."""
    zone = ZoneInfo(reader.member.user.time_zone)
    return (moment + SETTLED_AFTER).astimezone(zone).date()


def as_told(note: EditionNote) -> Note:
    author = note.author.user.name if note.author else ""
    return Note(note.body, note.body_text, author)


def words_of(note: Note) -> Words:
    return _words(note, get_language())


@lru_cache(256)
def _words(note: Note, _language: str | None) -> Words:
    body = with_whole_addresses(note.body)
    html = mark_safe(body)  # noqa: S308 (sanitized when it was stored)
    return fragment("mail/edition/_note", note=note, html=html, text=to_letter(body))


# ------------------------------------------------------------------------- writing


def note_of(cohort: Cohort, week: date) -> EditionNote:
    """The note of a week; one that is not saved yet where nobody has begun it."""
    kept = EditionNote.objects.filter(cohort=cohort, week=week).select_related("author__user")
    return kept.first() or EditionNote(cohort=cohort, week=week)


@transaction.atomic
def keep_draft(*, cohort: Cohort, week: date, html: str, by: Membership) -> EditionNote:
    """Keep what stands in the form now, beside what is published."""
    note = _locked(cohort, week)
    html = richtext.sanitize(html)
    note.draft = "" if html == note.body else html
    note.drafted_by, note.drafted_at = by, timezone.now()
    note.save()
    return note


@transaction.atomic
def publish(*, cohort: Cohort, week: date, html: str, by: Membership, version: int) -> EditionNote:
    """Put it on top of the week's editions that have not gone out yet.

    Raises ChangedMeanwhile unless `version` is the one that stands there.
    """
    note = _locked(cohort, week)
    if note.version != version:
        raise ChangedMeanwhile(note)
    is_new = not note.is_published
    note.body = richtext.sanitize(html)
    note.body_text = richtext.to_text(note.body)
    note.draft, note.author, note.version = "", by, version + 1
    note.changed_at = timezone.now()
    note.published_at = note.published_at or note.changed_at
    note.save()
    action = "edition_note.published" if is_new else "edition_note.changed"
    audit.record(action, subject=f"{week:%Y-%m-%d}", actor=by, cohort=cohort)
    return note


@transaction.atomic
def withdraw(*, cohort: Cohort, week: date, by: Membership) -> None:
    """Take it out of the editions that have not gone out yet; what was written stays as a draft."""
    note = _locked(cohort, week)
    if not note.is_published:
        return
    note.draft, note.body, note.body_text = note.draft or note.body, "", ""
    note.published_at, note.version = None, note.version + 1
    note.drafted_by, note.drafted_at = by, timezone.now()
    note.save()
    audit.record("edition_note.withdrawn", subject=f"{week:%Y-%m-%d}", actor=by, cohort=cohort)


def _locked(cohort: Cohort, week: date) -> EditionNote:
    EditionNote.objects.bulk_create([EditionNote(cohort=cohort, week=week)], ignore_conflicts=True)
    return EditionNote.objects.select_for_update().get(cohort=cohort, week=week)
