from datetime import date
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cohort import richtext
from cohort.models import Membership
from forums.forms import HTML_LIMIT, BodyField, WrittenForm, WrittenInput
from notifications.models import EditionNote


class NoteForm(WrittenForm):
    """The note on top of a week's editions; words alone, without files."""

    body = BodyField(
        label=_("Your note"),
        help_text=_("A few warm lines: what to look forward to, whom to thank, what to read."),
        widget=WrittenInput(rows=10),
    )
    version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["attached"]

    @classmethod
    def of(cls, note: EditionNote) -> Self:
        """As one goes on with it: the draft, or what is published."""
        form = cls(initial={"version": note.version})
        if html := note.draft or note.body:
            form._show("body", html, is_html=True)
        return form

    @property
    def html(self) -> str:
        """What a valid form says."""
        return written_html(self.cleaned_data["body"], is_html=self.cleaned_data["is_html"])

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        length = len(richtext.to_text(written_html(body[:HTML_LIMIT], is_html=self.was_html)))
        if length > EditionNote.LIMIT:
            words = _("A note has room for %(limit)s characters and this one has %(length)s.")
            params = {"limit": f"{EditionNote.LIMIT:,}", "length": f"{length:,}"}
            raise ValidationError(words, params=params)
        return body

    def begin_again_with(self, version: int) -> None:
        self._put({"version": str(version)})


def written_html(text: str, *, is_html: bool) -> str:
    return richtext.sanitize(text) if is_html else richtext.from_plain(text)


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
