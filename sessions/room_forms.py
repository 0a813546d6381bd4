"""What is sent from a live room, beside its lines."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions.models import NOTES_LIMIT, QUESTION_LIMIT, LineReaction, Pulse
from sessions.services.moderation import PACES


class QuestionForm(forms.Form):
    text = forms.CharField(
        label=_("Your question"),
        max_length=QUESTION_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": QUESTION_LIMIT}),
    )
    is_nameless = forms.BooleanField(
        label=_("Without my name"),
        required=False,
        help_text=_("Only facilitators see who asked."),
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class VoteForm(forms.Form):
    wants = forms.TypedChoiceField(
        choices=[("yes", ""), ("no", "")], coerce=lambda value: value == "yes"
    )


class ReactionForm(forms.Form):
    kind = forms.ChoiceField(choices=LineReaction.Kind.choices, required=False)


class PaceForm(forms.Form):
    seconds = forms.TypedChoiceField(
        label=_("Slow mode"),
        choices=[
            (seconds, _("%(n)s seconds between lines") % {"n": seconds} if seconds else _("Off"))
            for seconds in PACES
        ],
        coerce=int,
    )


class PulseForm(forms.Form):
    question = forms.CharField(label=_("Question"), max_length=200)
    kind = forms.ChoiceField(label=_("Answered with"), choices=Pulse.Kind.choices)
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        help_text=_("One to a line, 2 to 6. For choices only."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_anonymous = forms.BooleanField(
        label=_("Nobody sees who answered what"),
        required=False,
        initial=True,
        help_text=_("Results come once four have answered."),
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean_choices(self) -> list[str]:
        lines = (" ".join(line.split()) for line in self.cleaned_data["choices"].splitlines())
        return list(dict.fromkeys(filter(None, lines)))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        choices = data.get("choices", [])
        if data.get("kind") == Pulse.Kind.CHOICE:
            if not Pulse.FEWEST_CHOICES <= len(choices) <= Pulse.MOST_CHOICES:
                self.add_error("choices", _("Give 2 to 6 different choices, one to a line."))
            elif max(map(len, choices)) > 60:
                self.add_error("choices", _("A choice has at most 60 characters."))
        return data


class NotesForm(forms.Form):
    text = forms.CharField(
        label=_("Shared notes"),
        required=False,
        max_length=NOTES_LIMIT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "data-keep": "off"}),
    )
    # Which notes this was written upon.
    version = forms.IntegerField(min_value=0, max_value=2**62, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").replace("\r", "\n")
