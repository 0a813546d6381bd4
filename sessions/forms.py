"""What facilitators plan and members answer, from typed words to clean data."""

import uuid
from copy import copy
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.forms.models import construct_instance
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from cohort.form_fields import may_be_needed
from cohort.models import Audience, Cohort, Membership, Team, Theme
from cohort.zones import AmbiguousTime, NoSuchTime, known_zones, to_utc, zone_choices
from resources.models import Resource
from sessions.models import RSVP, LearningSession

TITLE_LIMIT = 160


class OneLine(forms.CharField):
    """Words on one line: what was pasted with line breaks becomes one."""

    def to_python(self, value: Any) -> str:
        return " ".join(str(super().to_python(value)).split())


def web_address(label: Any, help_text: Any = "") -> forms.URLField:
    return forms.URLField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=1000,
        assume_scheme="https",
        validators=[URLValidator(["https", "http"])],
    )


class SessionFilter(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("All kinds")), *LearningSession.Kind.choices],
    )
    theme = forms.ModelChoiceField(
        Theme.objects.top(),
        label=_("Theme"),
        required=False,
        to_field_name="slug",
        empty_label=_("All themes"),
    )

    @property
    def chosen(self) -> dict[str, Any]:
        """What was asked for; a filter that makes no sense is left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class SessionForm(forms.ModelForm):
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
    description_text = forms.CharField(
        label=_("Description and agenda"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea,
        help_text=_("Empty lines divide paragraphs; lines that begin with “-” become a list."),
    )
    themes = forms.ModelMultipleChoiceField(
        Theme.objects.all(),
        label=_("Themes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    resources = forms.ModelMultipleChoiceField(
        Resource.objects.none(),
        label=_("To read or bring"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("From the library. Hold Ctrl or ⌘ to choose several."),
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
        self.instants: tuple[datetime, datetime] | None = None
        fields: dict[str, Any] = self.fields
        fields["audience"].choices = audience_choices(member.cohort)
        fields["time_zone"].choices = _zones(self.instance.time_zone)
        fields["themes"].queryset = Theme.objects.select_related("parent")
        fields["themes"].choices = theme_choices()
        fields["resources"].queryset = Resource.objects.visible_to(member).order_by("title")
        if self.instance.pk:
            initial: dict[str, Any] = {
                "audience": audience_value(self.instance),
                "description_text": self.instance.description_text,
                "themes": [theme.pk for theme in self.instance.themes.all()],
                "resources": [resource.pk for resource in self.instance.resources.all()],
                "seen": self.instance.updated_at.isoformat(),
            }
            self.initial = {**initial, **self.initial}
        else:
            self.initial.setdefault("time_zone", member.cohort.time_zone)
            self.initial.setdefault("minutes", 90)
            self.initial.setdefault("form_key", uuid.uuid4())

    def clean_audience(self) -> str:
        audience, _colon, team_pk = str(self.cleaned_data["audience"]).partition(":")
        self.cleaned_data["team"] = (
            Team.objects.get(pk=team_pk, cohort=self.member.cohort) if team_pk else None
        )
        return audience

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
            typed: Any = self.data
            self.data = typed = typed.copy()
            typed[self.add_prefix("seen")] = self.instance.updated_at.isoformat()
        self._clean_time(data)
        return data

    def _clean_time(self, data: dict[str, Any]) -> None:
        day, wall, zone = data.get("local_date"), data.get("local_time"), data.get("time_zone")
        if day is None or wall is None or not zone:
            return
        names = {"time": wall.strftime("%H:%M"), "date": day.isoformat(), "zone": zone}
        fold = data.get("local_fold")
        try:
            to_utc(day, wall, zone)
            data["local_fold"] = 0
        except NoSuchTime:
            words = _(
                "%(time)s does not exist on %(date)s in %(zone)s: the clocks go forward and skip "
                "that hour. Please choose another time."
            )
            self.add_error("local_time", ValidationError(words, params=names))
            return
        except AmbiguousTime:
            self.is_ambiguous = True
            if fold is None:
                words = _(
                    "%(time)s comes twice on %(date)s in %(zone)s: the clocks go back and repeat "
                    "that hour. Please say which of the two you mean."
                )
                self.add_error("local_fold", ValidationError(words, params=names))
                return
        except (ValueError, OverflowError):
            self.add_error("local_date", _("This date is too far away."))
            return
        self._place_in_time(data)

    def _place_in_time(self, data: dict[str, Any]) -> None:
        minutes = data.get("minutes")
        if minutes is None:
            return
        start = to_utc(
            data["local_date"], data["local_time"], data["time_zone"], fold=data["local_fold"]
        )
        self.instants = start, start + timedelta(minutes=minutes)

    @property
    def values(self) -> dict[str, Any]:
        """What the services take."""
        fields: Any = self._meta.fields
        names = [*fields, "audience", "team", "themes", "resources", "description_text"]
        return {name: self.cleaned_data[name] for name in names}

    def _post_clean(self) -> None:
        """The model's rules are asked of a copy: the instance is changed by services only."""
        form: Any = self  # the two helpers below are Django's own, and not in its stubs
        probe = construct_instance(self, copy(self.instance), self._meta.fields)
        try:
            probe.clean_fields(exclude=form._get_validation_exclusions())
        except ValidationError as error:
            form._update_errors(error)


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


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(choices=RSVP.Answer.choices)
    note = OneLine(label=_("Note to the hosts"), max_length=300, required=False)

    def clean_note(self) -> str | None:
        """Nothing where the form had no such field, so that a note is not lost by answering."""
        return self.cleaned_data["note"] if "note" in self.data else None
