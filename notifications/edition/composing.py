"""What an edition says to its reader, looked at anew just before it goes out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from cohort.models import Membership
from cohort.richtext import excerpt
from cohort.templatetags.cohort import when_text
from notifications import reasons, sections, wishes
from notifications.edition import page
from notifications.edition.notes import Note, notes_for, words_of
from notifications.edition.page import CohortNames, Words
from notifications.edition.readers import FIRST_LOOK_BACK, cutoff, reader_of
from notifications.models import Delivery
from notifications.registry import Mail, Outcome, Skip
from notifications.rendering import surroundings
from notifications.sections import Place, Reader, SectionPart

SUBJECT_ROOM = 110
HIGHLIGHTS = 6
PREHEADER = 110
# So long a window may be that it is still told of as a day; an hour more for a change of clocks.
A_DAY = timedelta(hours=26)


def compose(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    choices = wishes.of_members(d.recipient_id for d in deliveries if d.recipient_id)
    readers = {
        delivery.pk: reader_of(
            delivery.recipient, choices.get(delivery.recipient.pk), cutoff(delivery)
        )
        for delivery in deliveries
        if delivery.recipient
    }
    parts = gather(list(readers.values()))
    notes = notes_for(list(readers.values()))
    for delivery in deliveries:
        reader = readers[delivery.pk]
        found, note = parts[reader.member.pk], notes.get(reader.member.pk)
        if note or any(part.is_news for part in found):
            yield delivery, write(delivery, reader, found, note)
        else:
            yield delivery, Skip(reasons.EMPTY)


def gather(readers: Sequence[Reader]) -> dict[int, list[SectionPart]]:
    """What every feature has for each of these, by membership."""
    found: dict[int, list[SectionPart]] = defaultdict(list)
    for section in sections.sections():
        for member_pk, parts in section(readers).items():
            found[member_pk] += parts
    return found


def write(
    delivery: Delivery,
    reader: Reader,
    parts: Sequence[SectionPart],
    note: Note | None = None,
    addresses: Mapping[str, str] | None = None,
) -> Mail:
    """The edition of one reader, whatever there is in it.

    `addresses` are those of the foot where they are not the delivery's own.
    """
    cohort = reader.member.cohort
    opening = _opening(reader) % {"cohort": cohort.name}
    highlights = _highlights(parts) or _note_alone(note)
    subject, told = _subject(opening, highlights)
    foot = addresses or surroundings(delivery)
    words = page.page_of(
        CohortNames(cohort.name, cohort.get_absolute_url()),
        {
            "subject": subject,
            "preheader": _preheader(note, highlights[told:]) or _window(reader),
            "heading": opening,
            "window": _window(reader),
            "why": _why(reader.member, delivery),
            "content": _content(reader, parts, note),
            "unsubscribe_url": foot["unsubscribe_url"],
            "choices_url": foot["choices_url"],
        },
    )
    return Mail(subject=subject, text=words.text, html=words.html, sender="digest")


def _content(reader: Reader, parts: Sequence[SectionPart], note: Note | None) -> Words:
    own = _("For you and your team") if reader.member.team_id is not None else _("For you")
    return page.content_of(page.blocks_of(parts), words_of(note) if note else None, own)


def _note_alone(note: Note | None) -> list[str]:
    if note is None:
        return []
    return [_("a word from %(name)s") % {"name": note.author}] if note.author else []


def _preheader(note: Note | None, highlights: Sequence[str]) -> str:
    """What mail programs show after the subject: how the note begins, or what else there is."""
    if note:
        return excerpt(note.text, PREHEADER)
    return " · ".join(highlights[:4])


def _opening(reader: Reader) -> str:
    length = reader.until - reader.since
    if length <= A_DAY:
        return _("Today in %(cohort)s")
    if length <= FIRST_LOOK_BACK:
        return _("This week in %(cohort)s")
    return _("New in %(cohort)s")


def _highlights(parts: Sequence[SectionPart]) -> list[str]:
    """What is news to the reader, what concerns them first."""
    news = sorted((part for part in parts if part.is_news), key=_urgency)
    found = (" ".join(str(words).split()) for part in news for words in part.highlights)
    return list(dict.fromkeys(words for words in found if words))[:HIGHLIGHTS]


def _urgency(part: SectionPart) -> tuple[bool, int]:
    return (part.place != Place.CONCERNS, part.place)


def _window(reader: Reader) -> str:
    """The days it covers, in the reader's own zone."""
    zone = ZoneInfo(reader.member.user.time_zone)
    first, last = when_text(reader.since, "day", zone), when_text(reader.until, "date", zone)
    return f"{first} – {last}"


def _subject(opening: str, highlights: Sequence[str]) -> tuple[str, int]:
    """As many highlights as a subject line holds, and how many those are."""
    told = 0
    subject = opening
    for words in highlights:
        longer = f"{subject}{', ' if told else ': '}{words}"
        if len(longer) > SUBJECT_ROOM and told:
            break
        subject = longer
        told += 1
    return subject, told


def _why(member: Membership, delivery: Delivery) -> str:
    if delivery.params.get("rhythm") == "daily":
        why = _("You get this every day there is news, as a member of %(cohort)s.")
    else:
        why = _("You get this once a week, if there is news, as a member of %(cohort)s.")
    no_reply = _("Nobody reads replies to this mail: answer where the discussion is.")
    return f"{why % {'cohort': member.cohort.name}} {no_reply}"
