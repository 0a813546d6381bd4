"""An edition as somebody would get it now: for the console, and as a test to oneself.

Nothing in a preview may act for its reader, since others look at it: `Reader.is_preview`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cohort import audit
from cohort.models import Membership
from notifications import reach, unsubscribe, wishes
from notifications.edition.composing import gather, write
from notifications.edition.notes import Note, as_told, note_of
from notifications.edition.readers import KIND, TEST_KIND, reader_of
from notifications.models import Delivery, EditionNote, Way
from notifications.registry import EDITION, Mail, Outcome
from notifications.rendering import absolute

TEST_WINDOW = timedelta(days=7)


@dataclass(frozen=True)
class Preview:
    mail: Mail
    is_news: bool  # whether there would be a mail at all


def preview_of(member: Membership, week: date, now: datetime) -> Preview:
    """A member's edition with the note of a week as it stands in the draft."""
    choices = wishes.choices_of(member)
    reader = replace(reader_of(member, choices, now), is_preview=True)
    parts = gather([reader])[member.pk]
    note = drafted(note_of(member.cohort, week))
    delivery = Delivery(
        kind=KIND, cohort=member.cohort, recipient=member, params={"rhythm": choices.edition}
    )
    url = absolute(reverse("notifications:choices"))
    mail = write(delivery, reader, parts, note, {"unsubscribe_url": url, "choices_url": url})
    return Preview(mail, bool(note) or any(part.is_news for part in parts))


def drafted(note: EditionNote) -> Note | None:
    """A note with what is written and not published yet."""
    if note.draft:
        note.body, note.author = note.draft, note.drafted_by or note.author
        note.body_text = note.draft
    return as_told(note) if note.body else None


def send_test(*, week: date, to: Membership) -> None:
    """Mail whoever writes the note their own edition with it, once for each time they ask."""
    now = timezone.now()
    reach.tell(
        TEST_KIND,
        [to],
        dedupe_key=f"dig:test:{week:%Y-%m-%d}:{now:%Y%m%d%H%M%S%f}",
        params={"week": week.isoformat()},
        ways={Way.MAIL},
    )
    audit.record("edition.test_sent", subject=f"{week:%Y-%m-%d}", actor=to, cohort=to.cohort)


def compose_test(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    for delivery in deliveries:
        if delivery.recipient:
            yield delivery, _test(delivery, delivery.recipient)


def _test(delivery: Delivery, member: Membership) -> Mail:
    now = timezone.now()
    reader = reader_of(member, None, now)
    reader = replace(reader, since=min(reader.since, now - TEST_WINDOW))
    note = drafted(note_of(member.cohort, date.fromisoformat(delivery.params["week"])))
    addresses = {
        "unsubscribe_url": unsubscribe.url_for(member.pk, EDITION),
        "choices_url": absolute(reverse("notifications:choices")),
    }
    return as_test(write(delivery, reader, gather([reader])[member.pk], note, addresses))


def as_test(mail: Mail) -> Mail:
    return replace(mail, subject=_("Test: %(subject)s") % {"subject": mail.subject})
