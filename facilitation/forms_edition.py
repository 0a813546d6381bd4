from datetime import date
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership
from forums.forms import BodyField, WrittenInput
from forums.forms_letters import LetterForm
from notifications.models import EditionNote


class NoteForm(LetterForm):
    """The note on top of a week's editions; words alone, without files."""

    limit = EditionNote.LIMIT

    body = BodyField(
        label=_("Your note"),
        help_text=_("A few warm lines: what to look forward to, whom to thank, what to read."),
        widget=WrittenInput(rows=10),
    )

    @classmethod
    def of(cls, note: EditionNote) -> Self:
        """As one goes on with it: the draft, or what is published."""
        form = cls(initial={"version": note.version})
        if html := note.draft or note.body:
            form.begin_with(html)
        return form


class PreviewForm(forms.Form):
    """Whose edition is looked at."""

    member = forms.ModelChoiceField(
        Membership.objects.none(), label=_("As it would reach"), empty_label=None
    )

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Membership.objects.visible_to(by).select_related("user", "cohort", "team")
        self.fields["member"].queryset = people.by_name()  # type: ignore[attr-defined]
        self.by = by

    @property
    def chosen(self) -> Membership:
        """The member asked for; without one, or for a stranger, whoever asks."""
        return self.cleaned_data.get("member") or self.by if self.is_valid() else self.by


def read_week(text: str) -> date | None:
    """The week an address names: the Tuesday it begins with."""
    try:
        week = date.fromisoformat(text)
    except ValueError:
        return None
    return week if week.weekday() == EditionNote.FIRST_DAY else None
