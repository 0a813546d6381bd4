"""An edition with invented content: every place of it has something."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import samples
from notifications.edition.composing import write
from notifications.edition.notes import Note
from notifications.edition.preview import as_test
from notifications.models import Delivery
from notifications.registry import Mail
from notifications.sections import Button, Group, Link, Place, Reader, SectionItem, SectionPart


def edition(delivery: Delivery) -> Mail:
    now = timezone.now()
    reader = Reader(samples.reader_of(delivery), now - timedelta(days=7), now)
    delivery.params = {"rhythm": "weekly"}
    text = _(
        "Two teams signed their agreements this week, and both wrote down how. Read theirs before "
        "yours is on the table; and bring one question to Thursday."
    )
    note = Note(body=f"<p>{text}</p>", text=text, author="Fay Moreno")
    return write(delivery, reader, _parts(), note, _NOWHERE)


def test(delivery: Delivery) -> Mail:
    return as_test(edition(delivery))


_NOWHERE = {"unsubscribe_url": "https://example.org/u/", "choices_url": "https://example.org/me/"}


def _parts() -> list[SectionPart]:
    drivers, leaders = Group(_("Drivers"), "drivers", 1), Group(_("Leaders"), "leaders", 2)
    return [
        _part(
            Place.LAST_SESSION,
            SectionItem(
                _("Who calls the employer?"),
                "/sample/session/",
                detail=_("Tue, Nov 17 · Summary and recording"),
                excerpt=_("One person per employer, agreed on paper, ended the double calls."),
                links=(
                    Link(_("Watch the recording"), "/sample/session/#summary"),
                    Link(_("Slides: one door for employers"), "/sample/slides/"),
                ),
            ),
        ),
        _part(
            Place.THEMES,
            SectionItem(
                _("What made your board say yes?"), "/sample/1/", group=drivers,
                detail=_("Theo Larkin · Discussion · 3 replies"),
                excerpt=_("Ours did not move before a hospital asked for forty graduates a year."),
            ),
            SectionItem(
                _("Partnership agreement, as signed"), "/sample/2/", group=leaders,
                detail=_("Partnership agreement · Mia Tran, Prairie Works"),
                excerpt=_("Four pages, with who decides what, and what happens in a dispute."),
            ),
        ),
        _part(
            Place.WINS,
            SectionItem(
                _("First ten apprentices started"), "/sample/3/",
                detail=_("Tia Begay · Win"), excerpt=_("All ten came back on the second day."),
            ),
        ),
        _part(
            Place.QUESTIONS,
            SectionItem(
                _("Who pays for the bus?"), "/sample/4/", detail=_("Owen Hughes · Question"),
                excerpt=_("Twelve miles to the plant, and no line goes there after three."),
            ),
        ),
        _part(
            Place.NEXT_SESSION,
            SectionItem(
                _("What trust is made of"), "/sample/5/",
                detail=_("Thu, Nov 26, 2026, 1:00 PM EST · you said maybe"),
                buttons=(
                    Button(_("Yes, I come"), "/sample/5/#answer"),
                    Button(_("Maybe"), "/sample/5/#answer", is_chosen=True),
                    Button(_("No"), "/sample/5/#answer"),
                ),
            ),
        ),
        _part(
            Place.CONCERNS,
            SectionItem(
                _("Draft agreement with three hospitals"), "/sample/6/",
                detail=_("Theo Larkin named you"),
                excerpt=_("Ana, did your counsel accept the clause about minors?"),
            ),
        ),
        _part(
            Place.TEAM,
            SectionItem(
                _("Coach vacancy"), "/sample/7/",
                detail=_("2 new replies from Kofi Tran, Maya Ito"),
                excerpt=_("Two people applied; we meet both on Friday."),
            ),
        ),
    ]  # fmt: skip


def _part(place: Place, *items: SectionItem) -> SectionPart:
    return SectionPart(place, items, highlights=[item.title for item in items])
