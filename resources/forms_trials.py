from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohort.form_fields import FilterForm
from cohort.models import Membership, Team, Theme
from resources.models import Trial


class TrialForm(forms.Form):
    plan = forms.CharField(
        label=_("What will you do with it?"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("With whom, and by when: a line is enough, and it can stay empty."),
    )

    def clean_plan(self) -> str:
        return " ".join(self.cleaned_data["plan"].split())


class ReportForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("What came of it?"), choices=Trial.Outcome.choices, widget=forms.RadioSelect
    )
    report = forms.CharField(
        label=_("What would you tell the next team?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "What you changed, what it took, and whether you would do it again. What did not work "
            "saves others a month."
        ),
    )


class AskingForm(forms.Form):
    days = forms.IntegerField(
        label=_("Ask what came of it after"),
        min_value=7,
        max_value=365,
        help_text=_("Days since a team began; from a week to a year."),
    )


class TrialFilter(FilterForm):
    """What is not understood narrows nothing."""

    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=_("Team"),
        required=False,
        to_field_name="slug",
        empty_label=_("All"),
    )
    theme = forms.ModelChoiceField(
        Theme.objects.all(),
        label=_("Theme"),
        required=False,
        to_field_name="slug",
        empty_label=_("All"),
    )

    def __init__(self, *args: Any, member: Membership, **options: Any) -> None:
        super().__init__(*args, **options)
        teams = Team.objects.filter(cohort=member.cohort_id).order_by("name")
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
