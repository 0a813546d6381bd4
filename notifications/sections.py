"""What features bring to the edition, and the order it stands in.

A feature registers a **section** in its `AppConfig.ready`: for a batch of readers it says what is
new to each of them. The bulletin is the same for everybody who may read in the whole cohort; what
is about one reader or one team stands in their own part, below it. The engine puts the parts in
order, cuts what is too long, renders each item once however many read it, and writes no mail to
whom nothing is new.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership


class Place(models.IntegerChoices):
    """Where something stands, in this order, and the words above it."""

    LAST_SESSION = 10, _("What the last session brought")
    THEMES = 20, _("New by theme")
    WINS = 30, _("Wins")
    QUESTIONS = 40, _("Questions that wait for an answer")
    NEXT_SESSION = 110, _("Your next session")
    CONCERNS = 120, _("You were named or answered")
    FOLLOWED = 130, _("Where you follow along")
    TEAM = 140, _("In your team’s space")

    @property
    def is_own(self) -> bool:
        """Whether it belongs to the reader's own part instead of the bulletin."""
        return self >= Place.NEXT_SESSION


# How many items people read there, and mail programs show before they cut a mail off.
MOST_ITEMS = 5
MOST = {Place.LAST_SESSION: 3, Place.THEMES: 12, Place.FOLLOWED: 8, Place.TEAM: 8}
# Of one theme, so that a busy one leaves room for the others.
MOST_OF_A_GROUP = 4


@dataclass(frozen=True)
class Reader:
    """One reader of an edition, and the window `[since, until)` of what is new to them."""

    member: Membership  # with user, cohort and team loaded
    since: datetime
    until: datetime
    # Somebody else looks at it: no link in it may act for the reader.
    is_preview: bool = False


@dataclass(frozen=True)
class Link:
    label: str
    url: str  # a path, as of get_absolute_url


@dataclass(frozen=True)
class Button(Link):
    is_chosen: bool = False  # what the reader answered already


@dataclass(frozen=True)
class Group:
    """What items of a place are gathered under: a theme."""

    label: str
    color: str = ""  # of Theme.Color
    position: int = 0
    url: str = ""  # where all of it is


@dataclass(frozen=True)
class SectionItem:
    """One thing that is new. Alike for many readers: equal items are rendered once for all."""

    title: str
    url: str  # a path, as of get_absolute_url
    detail: str = ""  # who, when, how many
    excerpt: str = ""
    group: Group | None = None
    links: tuple[Link, ...] = ()  # more ways in, each on its line
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class SectionPart:
    """What one feature brings to one place of one reader's edition; several may share a place."""

    place: Place
    items: Sequence[SectionItem]
    # Words for the subject line and the preview, the most telling first: titles.
    highlights: Sequence[str] = ()
    # How many there are beyond `items`, where the feature has left some out itself.
    left_out: int = 0
    more_url: str = ""  # where "and 4 more" leads
    title: str = ""  # where the place's own words do not fit this reader
    # False: worth showing, but no reason to write (the next session, which stood there before).
    is_news: bool = True


# The parts for each reader who has any, by membership id. Only what they may see now, have not
# read, did not write themselves, was not mailed to them, and appeared within their window.
Section = Callable[[Sequence[Reader]], dict[int, list[SectionPart]]]

_sections: list[Section] = []


def register_section(section: Section) -> None:
    _sections.append(section)


def sections() -> list[Section]:
    return list(_sections)
