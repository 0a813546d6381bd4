"""Texts written in the editor in which nobody is named, and most of which hold words alone."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cohort import richtext
from forums.forms import HTML_LIMIT, WrittenForm


class LetterForm(WrittenForm):
    """Its template says `data-letter`. `version` is the state that its writer began with.

    One that `takes_files`, put into it by the editor, says `data-files` as well.
    """

    takes_files = False

    # In characters, of what a reader will read.
    limit = 20_000

    version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["attached"]

    def begin_with(self, html: str) -> None:
        """Show what is there already."""
        self._show("body", html, is_html=True)

    @property
    def html(self) -> str:
        """What a valid form says, sanitized."""
        return self._written(self.cleaned_data["body"], is_html=self.cleaned_data["is_html"])

    def _written(self, text: str, *, is_html: bool) -> str:
        if not self.takes_files:
            return written_html(text, is_html=is_html)
        if is_html:
            return richtext.sanitize_post(text)
        return richtext.from_plain(text, clean=richtext.sanitize_post)

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        length = len(richtext.to_text(self._written(body[:HTML_LIMIT], is_html=self.was_html)))
        if length > self.limit:
            words = _("There is room for %(limit)s characters and this has %(length)s.")
            params = {"limit": f"{self.limit:,}", "length": f"{length:,}"}
            raise ValidationError(words, params=params)
        return body

    def begin_again_with(self, version: int) -> None:
        """Let what was written go over a newer state, now that its writer has seen that."""
        self._put({"version": str(version)})


def written_html(text: str, *, is_html: bool) -> str:
    return richtext.sanitize(text) if is_html else richtext.from_plain(text)
