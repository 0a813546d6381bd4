"""What members answer and facilitators write down, from typed words to clean data."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from cohort.form_fields import FilterForm
from cohort.models import Theme
from sessions.models import RSVP, LearningSession


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


class SessionFilter(FilterForm):
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
    def kept(self) -> str:
        """What was asked for, as the query of an address to go on to."""
        return urlencode({name: self.data[name] for name in self.chosen})


class CancelForm(forms.Form):
    reason = OneLine(
        label=_("Why"),
        max_length=500,
        required=False,
        help_text=_("Everybody it was for reads it, on the page and in the notice."),
    )


TAKE_BACK = "none"


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(choices=[*RSVP.Answer.choices, (TAKE_BACK, TAKE_BACK)])
    note = OneLine(label=_("Note to the hosts"), max_length=300, required=False)

    def clean_note(self) -> str | None:
        """Nothing where the form had no such field, so that a note is not lost by answering."""
        return self.cleaned_data["note"] if "note" in self.data else None
