from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort.models import Membership
from cohort.templatetags.cohort import FORMATS
from notifications import registry, wishes
from notifications.models import Choices, PushSubscription, Rhythm, Way
from notifications.schedule import hour_name, weekday_name

LONGEST_PAUSE = timedelta(days=366)
# Quick picks, by days; the others leave it as it is, end it, or name a day.
PAUSES = {"7": 7, "14": 14, "30": 30}
AS_IT_IS, UNTIL = "as-it-is", "until"


@dataclass(frozen=True)
class Cell:
    """One way of one topic: its switch, and whether it is on for whoever never chose."""

    way: Any
    field: forms.BoundField | None  # None: this topic does not go that way
    is_default: bool


@dataclass(frozen=True)
class TopicRow:
    topic: registry.Topic
    cells: list[Cell]


class ChoicesForm(forms.ModelForm):
    """What one member wants to hear of from one cohort, by which ways, and when."""

    class Meta:
        model = Choices
        fields = ["edition", "edition_weekday", "edition_hour"]
        labels = {"edition": gettext_lazy("The edition")}
        widgets = {"edition": forms.RadioSelect}

    edition_weekday = forms.TypedChoiceField(
        label=gettext_lazy("On"),
        coerce=int,
        choices=lambda: [(day, weekday_name(day)) for day in range(7)],
    )
    edition_hour = forms.TypedChoiceField(
        label=gettext_lazy("At"),
        coerce=int,
        choices=lambda: [(hour, hour_name(hour)) for hour in range(24)],
    )
    pause = forms.ChoiceField(label=gettext_lazy("Pause"), required=False)
    paused_until = forms.DateField(
        label=gettext_lazy("Back on"),
        required=False,
        help_text=gettext_lazy("The first day on which you want to hear from us again."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", f"m{member.pk}")
        super().__init__(*args, **kwargs)
        self.member = member
        self.today = timezone.localdate(timezone=ZoneInfo(member.user.time_zone))
        self.fields["edition"].choices = Rhythm.choices  # type: ignore[attr-defined]
        self.fields["pause"].choices = self._pauses()  # type: ignore[attr-defined]
        self.initial.setdefault("pause", AS_IT_IS if self.is_paused else "")
        self.initial["paused_until"] = None
        for topic in switchable():
            for way in offered_ways(topic):
                self.fields[_name(topic, way)] = forms.BooleanField(
                    label=f"{topic.label}: {way.label}",
                    required=False,
                    initial=wishes.wants(self.instance, topic.name, way),
                )

    @property
    def is_paused(self) -> bool:
        return bool(self.instance.is_paused_on(self.today))

    def _pauses(self) -> list[tuple[str, str]]:
        now = [(AS_IT_IS, _("Until %(day)s, as now") % {"day": _day(self.instance.paused_until)})]
        return [
            ("", _("No pause")),
            *(now if self.is_paused else []),
            ("7", _("For a week")),
            ("14", _("For two weeks")),
            ("30", _("For 30 days")),
            (UNTIL, _("Until the day below")),
        ]

    @property
    def zone_name(self) -> str:
        return self.member.user.time_zone.replace("_", " ")

    @property
    def rhythm_fields(self) -> list[forms.BoundField]:
        return [self["edition_weekday"], self["edition_hour"]]

    @property
    def pause_fields(self) -> list[forms.BoundField]:
        return [self["pause"], self["paused_until"]]

    @property
    def ways(self) -> list[Way]:
        """The ways that any topic goes, in the order of the table's columns."""
        return [way for way in Way if any(way in offered_ways(topic) for topic in switchable())]

    @property
    def rows(self) -> list[TopicRow]:
        return [
            TopicRow(topic, [self._cell(topic, way) for way in self.ways]) for topic in switchable()
        ]

    def _cell(self, topic: registry.Topic, way: Way) -> Cell:
        is_offered = way in offered_ways(topic)
        field = self[_name(topic, way)] if is_offered else None
        return Cell(way.label, field, way in topic.defaults)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        pause, day = cleaned.get("pause", ""), cleaned.get("paused_until")
        if pause == AS_IT_IS:
            cleaned["paused_until"] = self.instance.paused_until
        elif pause in PAUSES:
            cleaned["paused_until"] = self.today + timedelta(days=PAUSES[pause])
        elif pause != UNTIL and not day:
            cleaned["paused_until"] = None
        elif "paused_until" in cleaned and not (day and self._may_pause_until(day)):
            self.add_error(
                "paused_until", _("Please choose a day that is ahead, within a year from now.")
            )
        return cleaned

    def _may_pause_until(self, day: date) -> bool:
        return self.today < day <= self.today + LONGEST_PAUSE

    @property
    def chosen(self) -> dict[str, Any]:
        """What to keep for this member, as fields of `Choices`."""
        names = ("edition", "edition_weekday", "edition_hour", "paused_until")
        fields = {name: self.cleaned_data[name] for name in names}
        return {**fields, "switched": self.switched_in(self.instance)}

    def switched_in(self, choices: Choices) -> list[str]:
        """What differs from the defaults; of what is not offered here today, as it was."""
        mine = {
            wishes.switch(topic.name, way): (topic, way)
            for topic in switchable()
            for way in offered_ways(topic)
        }
        kept = [name for name in choices.switched if name not in mine]
        differs = [
            name
            for name, (topic, way) in mine.items()
            if self.cleaned_data[_name(topic, way)] != wishes.is_default(topic.name, way)
        ]
        return sorted({*kept, *differs})


def _name(topic: registry.Topic, way: Way) -> str:
    return f"{topic.name}-{way}"


def _day(day: date | None) -> str:
    return date_format(day, FORMATS["day"]) if day else ""


def switchable() -> list[registry.Topic]:
    """Topics with plain switches; the edition has its rhythm instead."""
    return [topic for topic in registry.topics.values() if topic.name != registry.EDITION]


def offered_ways(topic: registry.Topic) -> list[Way]:
    """The ways there is a choice of: bell and push only where something is said there."""
    kinds = [kind for kind in registry.kinds.values() if kind.topic == topic.name]
    is_described = any(kind.describe for kind in kinds)
    return [way for way in Way if way in topic.ways and (way == Way.MAIL or is_described)]


class DeviceNameForm(forms.ModelForm):
    """What a person calls one of their devices."""

    class Meta:
        model = PushSubscription
        fields = ("name",)
        labels = {"name": gettext_lazy("Name of this device")}
