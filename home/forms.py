"""What one may ask of the search page."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import IntegerField, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership, Team, Theme
from cohort.search import Narrowing, tidy
from forums.models import Space, Thread

NO_DATE = {"invalid": _("Give a date.")}
YEARS = range(2000, 2101)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LAST_PAGE = 50


@dataclass(frozen=True)
class Choice:
    pk: int
    slug: str
    name: str
    parent: int | None


@dataclass
class Choices:
    """What a search can be narrowed to by choosing: themes, teams, and spaces one sees."""

    themes: list[Choice] = field(default_factory=list)
    teams: list[Choice] = field(default_factory=list)
    spaces: list[Choice] = field(default_factory=list)
    # Threads that ask for answers first: none or one of them, to know whether there are any.
    closed: list[Choice] = field(default_factory=list)

    @property
    def space_names(self) -> dict[int, str]:
        return {space.pk: space.name for space in self.spaces}


def choices_for(member: Membership) -> Choices:
    """All of them in one query."""
    no_parent, unplaced = Value(None, IntegerField()), Value(0, IntegerField())
    themes = Theme.objects.order_by().values_list(
        Value("themes"), "position", "name", "pk", "slug", "parent_id"
    )
    teams = Team.objects.filter(cohort_id=member.cohort_id).order_by()
    spaces = Space.objects.visible_to(member).order_by()
    closed = Thread.objects.filter(cohort_id=member.cohort_id, answers_first=True)
    rows = themes.union(
        teams.values_list(Value("teams"), unplaced, "name", "pk", "slug", no_parent),
        spaces.values_list(Value("spaces"), "position", "name", "pk", "slug", no_parent),
        closed.values_list(Value("closed"), unplaced, "title", "pk", Value(""), no_parent)[:1],
        all=True,
    )
    choices = Choices()
    for what, _position, name, pk, slug, parent in sorted(rows, key=lambda row: row[:4]):
        getattr(choices, what).append(Choice(pk, slug, name, parent))
    return choices


class SearchForm(forms.Form):
    """The words, and what they are narrowed to. What is no choice is told and left out."""

    q = forms.CharField(required=False)
    theme = forms.CharField(label=_("Theme"), required=False)
    tag = forms.CharField(label=_("Tag"), required=False, max_length=60)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", ""), *Thread.Kind.choices],
        required=False,
        error_messages={"invalid_choice": _("Choose one of the kinds.")},
    )
    space = forms.CharField(label=_("Space"), required=False)
    by = forms.CharField(label=_("Written by"), required=False, max_length=120)
    team = forms.CharField(label=_("Team"), required=False)
    since = forms.DateField(
        label=_("From"), required=False, error_messages={"invalid": _("Give a date.")}
    )
    until = forms.DateField(
        label=_("To"), required=False, error_messages={"invalid": _("Give a date.")}
    )

    NARROWING = ("theme", "tag", "kind", "space", "by", "team", "since", "until")

    def __init__(self, data: Any, *, choices: Choices) -> None:
        super().__init__(data)
        self.choices_shown = choices

    def clean_q(self) -> str:
        return tidy(self.cleaned_data["q"])

    def clean_tag(self) -> str:
        return tidy(self.cleaned_data["tag"].removeprefix("#"))

    def clean_by(self) -> str:
        return tidy(self.cleaned_data["by"])

    def clean_theme(self) -> tuple[int, ...]:
        """The theme and its sub-lessons."""
        slug = self.cleaned_data["theme"]
        themes = self.choices_shown.themes
        chosen = _chosen(themes, slug, _("Choose one of the themes."))
        return tuple(t.pk for t in themes if chosen is not None and chosen in (t.pk, t.parent))

    def clean_space(self) -> int | None:
        slug = self.cleaned_data["space"]
        return _chosen(self.choices_shown.spaces, slug, _("Choose one of the spaces."))

    def clean_team(self) -> int | None:
        slug = self.cleaned_data["team"]
        return _chosen(self.choices_shown.teams, slug, _("Choose one of the teams."))

    def clean_since(self) -> datetime | None:
        return _midnight(self.cleaned_data["since"])

    def clean_until(self) -> datetime | None:
        """The end of that day."""
        day = self.cleaned_data["until"]
        return _midnight(day + timedelta(days=1)) if _known(day) else None

    def clean(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        since, until = chosen.get("since"), chosen.get("until")
        if since and until and since >= until:
            self.add_error("until", _("The last day comes before the first one."))
        return chosen

    @property
    def shown(self) -> dict[str, str]:
        """What was typed or chosen, to be shown again."""
        return {name: self.data.get(name, "")[:200] for name in self.fields}

    @property
    def address(self) -> dict[str, str]:
        """The same for addresses: nothing that is empty."""
        typed = {name: tidy(text) for name, text in self.shown.items()}
        return {name: text for name, text in typed.items() if text}

    @property
    def troubles(self) -> list[tuple[str, str]]:
        """What was no choice or no date: (field, why)."""
        return [
            (str(self.fields[name].label), str(trouble))
            for name, troubles in self.errors.items()
            for trouble in troubles
        ]

    @property
    def chosen_count(self) -> int:
        """By how many filters the search is narrowed."""
        return sum(name in self.address for name in self.NARROWING)

    def narrowing(self, at: datetime) -> Narrowing:
        """What is chosen, without `by`, which takes a question to the database."""
        chosen = self.cleaned_data
        return Narrowing(
            themes=chosen.get("theme") or (),
            tag=chosen.get("tag") or "",
            kind=chosen.get("kind") or "",
            space=chosen.get("space"),
            author_name=chosen.get("by") or "",
            team=chosen.get("team"),
            since=chosen.get("since"),
            until=chosen.get("until"),
            at=at,
        )


def _chosen(choices: list[Choice], slug: str, trouble: Any) -> int | None:
    if not slug:
        return None
    for choice in choices:
        if choice.slug == slug:
            return choice.pk
    raise ValidationError(trouble)


def _known(day: date | None) -> bool:
    if day is not None and day.year not in YEARS:
        raise ValidationError(_("Give a year between 2000 and 2100."))
    return day is not None


def _midnight(day: date | None) -> datetime | None:
    """When a day begins where the reader is."""
    if day is None or not _known(day):
        return None
    return timezone.make_aware(datetime.combine(day, time.min))


def read_page(text: str) -> int:
    """A page's number; anything that is none is the first."""
    return min(int(text), LAST_PAGE) if text.isdecimal() and 0 < len(text) < 4 and int(text) else 1


def read_moment(text: str, now: datetime) -> datetime:
    """When the first page of a search was asked for; now for anything that says it not."""
    if not (text.isdecimal() and text.isascii() and len(text) < 17):
        return now
    return min(now, EPOCH + int(text) * MICROSECOND)


def write_moment(moment: datetime) -> str:
    return str((moment - EPOCH) // MICROSECOND)
