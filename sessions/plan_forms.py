"""What facilitators plan, from typed words to clean data."""

import uuid
from copy import copy
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import construct_instance
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from cohort import richtext
from cohort.form_fields import may_be_needed
from cohort.models import Audience, Cohort, Membership, Team, Theme
from cohort.zones import known_zones, wall_words, zone_choices
from forums.forms import HTML_LIMIT, BodyField, WrittenInput
from resources.models import Resource
from sessions import series
from sessions.forms import OneLine, web_address
from sessions.models import LearningSession, PreworkTask
from sessions.series import Occurrence, Repeat

TITLE_LIMIT = 160
DESCRIPTION_LIMIT = 20_000
TASK_LIMIT = 300


class LinesField(forms.CharField):
    """Tasks, one to a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        words = (" ".join(line.split()) for line in (super().to_python(value) or "").splitlines())
        return [line.lstrip("-*•").strip() for line in words if line.strip("-*• ")]

    def run_validators(self, value: Any) -> None:
        super().run_validators("\n".join(value))

    def validate(self, value: Any) -> None:
        if len(value) > PreworkTask.MOST:
            words = _("Please keep to %(most)s tasks, one to a line.")
            raise ValidationError(words, params={"most": PreworkTask.MOST})
        if any(len(line) > TASK_LIMIT for line in value):
            words = _("A task has room for %(most)s characters.")
            raise ValidationError(words, params={"most": TASK_LIMIT})


class SessionForm(forms.ModelForm):
    """One session, or at first a series of them.

    `day_list` has each day it would be on, with what the clocks make of it.
    """

    title = OneLine(label=_("Title"), max_length=TITLE_LIMIT)
    place = OneLine(label=_("Place"), max_length=200, required=False)
    meeting_url = web_address(
        _("Meeting link"), _("Kept private: people join through their own button.")
    )
    audience = forms.ChoiceField(label=_("Who it is for"))
    time_zone = forms.ChoiceField(label=_("Time zone"))
    local_fold = may_be_needed(
        forms.TypedChoiceField(
            label=_("Which of the two"),
            required=False,
            coerce=int,
            empty_value=None,
            choices=[
                ("0", _("The first, before the clocks go back")),
                ("1", _("The second, after")),
            ],
            widget=forms.RadioSelect,
        )
    )
    repeat = may_be_needed(
        forms.ChoiceField(label=_("Repeat"), required=False, choices=Repeat.choices)
    )
    times = may_be_needed(
        forms.IntegerField(
            label=_("How many times"),
            required=False,
            min_value=2,
            max_value=series.MOST,
            initial=6,
        )
    )
    description = BodyField(label=_("Description"), required=False, widget=WrittenInput(rows=8))
    # The editor sets it; without scripts the description is plain text.
    is_html = forms.BooleanField(
        required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"})
    )
    themes = forms.ModelMultipleChoiceField(
        Theme.objects.all(),
        label=_("Themes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    resources = forms.ModelMultipleChoiceField(
        Resource.objects.none(),
        label=_("From the library"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    tasks = LinesField(
        label=_("To do"),
        required=False,
        help_text=_("One to a line. Members tick them for themselves; you see who is ready."),
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    # What the editor saw: two people editing at once must not undo each other's work.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = LearningSession
        fields = [
            "title",
            "kind",
            "local_date",
            "local_time",
            "time_zone",
            "local_fold",
            "minutes",
            "goals",
            "meeting_url",
            "place",
            "capacity",
            "facilitator_notes",
        ]
        widgets = {
            "local_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "local_time": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "goals": forms.Textarea(attrs={"rows": 3}),
            "facilitator_notes": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        self.is_ambiguous = False
        self.day_list: list[Occurrence] = []
        fields: dict[str, Any] = self.fields
        fields["audience"].choices = audience_choices(member.cohort)
        fields["time_zone"].choices = _zones(self.instance.time_zone)
        fields["themes"].queryset = Theme.objects.select_related("parent")
        fields["themes"].choices = theme_choices()
        fields["resources"].queryset = Resource.objects.visible_to(member).order_by("title")
        if self.instance.pk:
            del fields["repeat"], fields["times"]
            self.initial = {**_shown(self.instance), **self.initial}
            fields["description"].html = self.instance.description
        else:
            fields["description"].html = self.initial.pop("description_html", "")
            self.initial.setdefault("time_zone", member.cohort.time_zone)
            self.initial.setdefault("minutes", 90)
            self.initial.setdefault("form_key", uuid.uuid4())

    def clean_audience(self) -> str:
        audience, _colon, team_pk = str(self.cleaned_data["audience"]).partition(":")
        self.cleaned_data["team"] = (
            Team.objects.get(pk=team_pk, cohort=self.member.cohort) if team_pk else None
        )
        return audience

    def clean_description(self) -> str:
        """HTML. Plain text that says what it says already must not cost it its formatting."""
        typed = self.cleaned_data["description"]
        if self.data.get("is_html") in ("on", "True", "true", "1"):
            html = richtext.sanitize(typed[:HTML_LIMIT])
            words = richtext.to_text(html)
            too_long = len(typed) > HTML_LIMIT or len(words) > DESCRIPTION_LIMIT
            html = html if words else ""
        else:
            before = self.instance.description
            is_same = " ".join(typed.split()) == " ".join(richtext.to_plain(before).split())
            too_long = len(typed) > DESCRIPTION_LIMIT
            html = before if is_same or too_long else richtext.from_plain(typed)
        if too_long:
            raise ValidationError(_("This is longer than 20,000 characters; please shorten it."))
        return html

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        seen = data.get("seen")
        if self.instance.pk and seen and parse_seen(seen) != self.instance.updated_at:
            self.add_error(
                None,
                _(
                    "Somebody else has changed this session meanwhile. What you typed is still "
                    "here; open the session in a second window and compare, then save again."
                ),
            )
            # Shown again, the form knows of the change: saving once more is meant.
            self._put(seen=self.instance.updated_at.isoformat())
        self._clean_time(data)
        return data

    def again(self) -> "SessionForm":
        """Ready to be shown again, with what the editor wrote."""
        if self.is_bound and self.data.get("is_html") in ("on", "True", "true", "1"):
            field: Any = self.fields["description"]
            field.html = richtext.sanitize(self.data.get("description", "")[:HTML_LIMIT])
            self._put(description=richtext.to_plain(field.html), is_html="")
        elif self.is_bound:
            self.fields["description"].html = ""  # type: ignore[attr-defined]
        return self

    def _put(self, **values: str) -> None:
        data: Any = self.data  # a QueryDict
        typed = data.copy()
        for name, value in values.items():
            typed[self.add_prefix(name)] = value
        self.data = typed

    def _clean_time(self, data: dict[str, Any]) -> None:
        day, wall, zone = data.get("local_date"), data.get("local_time"), data.get("time_zone")
        if day is None or wall is None or not zone:
            return
        try:
            self.day_list = self._days(day, wall, zone, fold=None)
            # The answer counts only where the question arises.
            self.is_ambiguous = any(each.comes_twice for each in self._used)
            data["local_fold"] = data.get("local_fold") if self.is_ambiguous else 0
            if self.is_ambiguous and data["local_fold"] is not None:
                self.day_list = self._days(day, wall, zone, fold=data["local_fold"])
        except (ValueError, OverflowError):
            self.add_error("local_date", _("This date is too far away."))
            return
        self._refuse_odd_hours(wall, zone)
        if self.pattern and not data.get("times"):
            self.add_error("times", _("Please say how many."))
        elif self.pattern and not self._used:
            self.add_error("repeat", _("Every day is left out; please keep one."))

    def _days(self, first: date, wall: time, zone: str, *, fold: int | None) -> list[Occurrence]:
        data = self.cleaned_data
        return series.occurrences(
            series.days(first, self.pattern, data.get("times") or 2),
            wall=wall,
            zone=zone,
            minutes=data.get("minutes") or 0,
            fold=fold,
            left_out=self.left_out,
        )

    @property
    def _used(self) -> list[Occurrence]:
        return [day for day in self.day_list if not day.is_left_out]

    def _refuse_odd_hours(self, wall: time, zone: str) -> None:
        """A time that does not exist is refused, and one that comes twice is asked about."""
        if skipped := next((day for day in self._used if day.is_skipped_hour), None):
            words = _(
                "%(time)s does not exist on %(date)s in %(zone)s: the clocks go forward and skip "
                "that hour. Please choose another time."
            )
            names = wall_words(skipped.day, wall, zone)
            self.add_error("local_time", ValidationError(words, params=names))
        if twice := next((day for day in self._used if day.comes_twice), None):
            words = _(
                "%(time)s comes twice on %(date)s in %(zone)s: the clocks go back and repeat "
                "that hour. Please say which of the two you mean."
            )
            names = wall_words(twice.day, wall, zone)
            self.add_error("local_fold", ValidationError(words, params=names))

    @property
    def pattern(self) -> str:
        return self.cleaned_data.get("repeat", "") if "repeat" in self.fields else ""

    @property
    def left_out(self) -> list[date]:
        """Days of a series that it skips, as ticked below its preview."""
        data: Any = self.data  # a QueryDict, where there is a pattern
        asked = data.getlist("left_out")[: series.MOST] if self.pattern else []
        return [day for text in asked if (day := _day(text))]

    @property
    def planned(self) -> list[Occurrence]:
        """The days that would be planned."""
        return [day for day in self._used if day.starts_at]

    @property
    def instants(self) -> tuple[datetime, datetime] | None:
        first = self.planned[0] if self.planned else None
        return (
            (first.starts_at, first.ends_at)
            if first and first.starts_at and first.ends_at
            else None
        )

    @property
    def values(self) -> dict[str, Any]:
        """What the services take."""
        fields: Any = self._meta.fields
        names = [*fields, "audience", "team", "themes", "resources", "description", "tasks"]
        return {name: self.cleaned_data[name] for name in names}

    def _post_clean(self) -> None:
        """The model's rules are asked of a copy: the instance is changed by services only."""
        form: Any = self  # the two helpers below are Django's own, and not in its stubs
        probe = construct_instance(self, copy(self.instance), self._meta.fields)
        try:
            probe.clean_fields(exclude=form._get_validation_exclusions())
        except ValidationError as error:
            form._update_errors(error)


def _shown(session: Any) -> dict[str, Any]:
    """What the form begins with, beside the plain fields: of one of `session_pages`."""
    return {
        "audience": audience_value(session),
        "description": richtext.to_plain(session.description),
        "themes": [theme["pk"] for theme in session.theme_list],
        "resources": [resource["pk"] for resource in session.resource_rows],
        "tasks": "\n".join(task["words"] for task in session.task_rows),
        "seen": session.updated_at.isoformat(),
    }


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def parse_seen(seen: str) -> datetime | None:
    try:
        return parse_datetime(seen)
    except ValueError:
        return None


def audience_choices(cohort: Cohort) -> list[Any]:
    teams = [(f"{Audience.TEAM.value}:{team.pk}", team.name) for team in cohort.teams.all()]
    return [
        (Audience.COHORT.value, Audience.COHORT.label),
        (Audience.FACILITATORS.value, Audience.FACILITATORS.label),
        *([(_("One team"), teams)] if teams else []),
    ]


def audience_value(session: LearningSession) -> str:
    if session.audience == Audience.TEAM:
        return f"{session.audience}:{session.team_id}"
    return str(session.audience)


def theme_choices() -> list[Any]:
    """Each theme above its lessons."""
    themes = list(Theme.objects.all())
    return [
        (
            theme.name,
            [(theme.pk, theme.name)]
            + [(lesson.pk, lesson.name) for lesson in themes if lesson.parent_id == theme.pk],
        )
        for theme in themes
        if theme.parent_id is None
    ]


def _zones(current: str) -> list[Any]:
    choices: list[Any] = zone_choices()
    listed = {name for _group, zones in choices for name, _label in zones}
    if current and current not in listed and current in known_zones():
        return [*choices, (current, current)]
    return choices
