"""What an edition says to its reader, looked at anew just before it goes out."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from cohort.models import Membership
from cohort.templatetags.cohort import when_text
from notifications import reasons, sections, wishes
from notifications.edition import page
from notifications.edition.page import CohortNames, Words
from notifications.edition.readers import FIRST_LOOK_BACK, cutoff, reader_of
from notifications.models import Delivery
from notifications.registry import Mail, Outcome, Skip
from notifications.rendering import surroundings
from notifications.sections import Place, Reader, SectionPart

SUBJECT_ROOM = 110
HIGHLIGHTS = 6
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
    for delivery in deliveries:
        reader = readers[delivery.pk]
        found = parts[reader.member.pk]
        if any(part.is_news for part in found):
            yield delivery, write(delivery, reader, found)
        else:
            yield delivery, Skip(reasons.EMPTY)


def gather(readers: Sequence[Reader]) -> dict[int, list[SectionPart]]:
    """What every feature has for each of these, by membership."""
    found: dict[int, list[SectionPart]] = defaultdict(list)
    for section in sections.sections():
        for member_pk, parts in section(readers).items():
            found[member_pk] += parts
    return found


def write(delivery: Delivery, reader: Reader, parts: Sequence[SectionPart]) -> Mail:
    cohort = reader.member.cohort
    opening = _opening(reader) % {"cohort": cohort.name}
    highlights = list(_highlights(parts))
    subject, told = _subject(opening, highlights)
    around = surroundings(delivery)
    words = page.page_of(
        CohortNames(cohort.name, cohort.get_absolute_url()),
        {
            "subject": subject,
            "preheader": " · ".join(highlights[told:][:4]) or _window(reader),
            "heading": opening,
            "window": _window(reader),
            "why": _why(reader.member, delivery),
            "content": _content(reader, parts),
            "unsubscribe_url": around["unsubscribe_url"],
            "choices_url": around["choices_url"],
        },
    )
    return Mail(subject=subject, text=words.text, html=words.html, sender="digest")


def _content(reader: Reader, parts: Sequence[SectionPart]) -> Words:
    own = _("For you and your team") if reader.member.team_id else _("For you")
    return page.content_of(page.blocks_of(parts), None, own)


def _opening(reader: Reader) -> str:
    length = reader.until - reader.since
    if length <= A_DAY:
        return _("Today in %(cohort)s")
    if length <= FIRST_LOOK_BACK:
        return _("This week in %(cohort)s")
    return _("New in %(cohort)s")


def _highlights(parts: Sequence[SectionPart]) -> Iterable[str]:
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
