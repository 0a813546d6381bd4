"""What forms of several rooms are made of."""

import re
import uuid
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from cohort.models import Theme

MOST_TAGS = 6
LONGEST_TAG = 40


FieldType = TypeVar("FieldType", bound=forms.Field)


def may_be_needed(field: FieldType) -> FieldType:
    """Not always required, and yet not marked “(optional)”: another field decides."""
    vars(field)["may_be_needed"] = True
    return field


class FilterForm(forms.Form):
    """Filters above a list: what makes no sense is left out instead of refused."""

    @property
    def chosen(self) -> dict[str, Any]:
        """What was asked for."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class TagsField(forms.CharField):
    """Free tags, comma separated, to a list of names without doubles."""

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        words = re.split(r"[,;\n]", super().to_python(value) or "")
        names = (" ".join(word.split()).strip("# ") for word in words)
        return list({name.casefold(): name for name in names if name}.values())

    def validate(self, value: Any) -> None:
        super().validate(", ".join(value))
        if len(value) > MOST_TAGS:
            raise ValidationError(
                ngettext_lazy(
                    "Please keep to %(most)s tag.", "Please keep to %(most)s tags.", MOST_TAGS
                ),
                params={"most": MOST_TAGS},
            )
        for name in value:
            if len(name) > LONGEST_TAG:
                raise ValidationError(
                    _("“%(start)s…” is too long for a tag: %(most)s characters is the most."),
                    params={"start": name[:20], "most": LONGEST_TAG},
                )

    def run_validators(self, value: Any) -> None:
        super().run_validators(", ".join(value))


class FormKeyField(forms.UUIDField):
    """Made up when the form is shown, so that the same form sent twice is one thing."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean(self, value: Any) -> uuid.UUID:
        try:
            return super().clean(value) or uuid.uuid4()
        except ValidationError:
            return uuid.uuid4()


class ThemesField(forms.ModelMultipleChoiceField):
    """The curated themes, at least one; shown by `components/theme_picker.html`."""

    def __init__(self) -> None:
        super().__init__(
            Theme.objects.all(),
            label=_("Learning themes"),
            error_messages={"required": _("Please choose at least one theme.")},
        )


def theme_tree(field: forms.BoundField) -> list[dict[str, Any]]:
    """The themes with their sub-lessons, each knowing whether a bound ThemesField picked it.

    Sub-lessons are open where their theme or one of them is picked.
    """
    picked = {str(pk) for pk in field.value() or []}
    themes = [
        {"theme": theme, "is_picked": str(theme.pk) in picked} for theme in Theme.objects.all()
    ]
    branches = []
    for top in themes:
        if not top["theme"].is_lesson:
            lessons = [each for each in themes if each["theme"].parent_id == top["theme"].pk]
            is_open = any(each["is_picked"] for each in [top, *lessons])
            branches.append({**top, "lessons": lessons, "is_open": is_open})
    return branches
