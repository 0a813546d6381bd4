"""What a member fills in to follow discussions in another program."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohort.form_fields import FormKeyField
from cohort.models import FeedKey


class FeedKeyForm(forms.ModelForm):
    """A name for a new key, and which feed it is wanted for first."""

    feed = forms.ChoiceField(label=_("Feed"))
    form_key = FormKeyField()

    class Meta:
        model = FeedKey
        fields = ["name"]

    def __init__(self, *args: Any, feeds: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["feed"].choices = list(feeds)  # type: ignore[attr-defined]
