from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohort.form_fields import FormKeyField, ThemesField, theme_tree
from cohort.models import Audience, Membership
from resources.models import ResourceRequest


class RequestForm(forms.Form):
    title = forms.CharField(
        label=_("Does anyone have a …?"),
        max_length=140,
        help_text=_("A few words: “short agreement with a hospital”."),
    )
    details = forms.CharField(
        label=_("What is it for?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What you have, what is missing, and by when."),
    )
    themes = ThemesField()
    audience = forms.ChoiceField(
        label=_("Whom do you ask?"),
        initial=Audience.COHORT,
        widget=forms.RadioSelect,
        choices=[
            (Audience.COHORT.value, _("The whole cohort")),
            (Audience.FACILITATORS.value, _("The facilitators only")),
        ],
    )

    form_key = FormKeyField()

    def __init__(
        self,
        *args: Any,
        member: Membership,
        asked: ResourceRequest | None = None,
        **options: Any,
    ) -> None:
        """For a new request, or (with `asked`) one that is there."""
        if asked:
            options.setdefault("initial", said_of(asked))
        super().__init__(*args, **options)
        if asked or not member.is_facilitator:
            # Whoever asks the facilitators alone could not read the answers; and what was asked
            # among them is not told to others because a word of it was mended.
            del self.fields["audience"]

    @property
    def theme_tree(self) -> list[dict[str, Any]]:
        return theme_tree(self["themes"])

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())


def said_of(asked: ResourceRequest) -> dict[str, Any]:
    return {
        "title": asked.title,
        "details": asked.details,
        "themes": [theme.pk for theme in asked.themes.all()],
    }
