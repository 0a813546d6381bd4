"""What members and facilitators fill in about calendars and reminders."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cohort.form_fields import FormKeyField
from cohort.models import FeedKey
from sessions.models import ReminderRule
from sessions.models.reminders import DAY, HOUR, LONGEST


class CalendarKeyForm(forms.ModelForm):
    """A name for a new key."""

    form_key = FormKeyField()

    class Meta:
        model = FeedKey
        fields = ["name"]
        help_texts = {"name": _("Where you will use it: “Outlook at work”.")}


class ReminderRuleForm(forms.Form):
    amount = forms.IntegerField(label=_("How long before"), min_value=1, max_value=LONGEST)
    unit = forms.ChoiceField(
        label=_("Unit"),
        choices=[("minutes", _("minutes")), ("hours", _("hours")), ("days", _("days"))],
    )
    audience = forms.ChoiceField(label=_("Whom"), choices=ReminderRule.Audience.choices)

    def has_changed(self) -> bool:
        """A new one without an amount is none at all, whatever else is chosen there."""
        return not (self.empty_permitted and not self["amount"].data) and super().has_changed()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "amount" in cleaned and "unit" in cleaned and self.minutes > LONGEST:
            self.add_error("amount", _("Four weeks before is the earliest."))
        return cleaned

    @property
    def minutes(self) -> int:
        size = {"minutes": 1, "hours": HOUR, "days": DAY}[self.cleaned_data["unit"]]
        return int(self.cleaned_data["amount"]) * size


class RuleFormSet(forms.BaseFormSet):
    def clean(self) -> None:
        if any(self.errors):
            return
        found = self.wanted
        if len(set(found)) < len(found):
            raise ValidationError(_("Two of them are the same."))

    @property
    def wanted(self) -> list[tuple[int, str]]:
        """(minutes before, audience) of every rule that stays."""
        return [
            (form.minutes, form.cleaned_data["audience"])
            for form in self.forms
            if form.cleaned_data.get("amount") and form not in self.deleted_forms
        ]


ReminderRuleFormSet: type[RuleFormSet] = forms.formset_factory(  # type: ignore[assignment]
    ReminderRuleForm,
    formset=RuleFormSet,
    extra=1,
    can_delete=True,
    max_num=ReminderRule.MOST,
    validate_max=True,
    absolute_max=ReminderRule.MOST + 1,
)
