from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cohort.files import CheckedFile, CheckedFileField
from forums.forms import FilesInput

MOST_AT_ONCE = 20


class LibraryFileField(CheckedFileField):
    """Of any kind but programs: what nothing here looks into can be downloaded."""

    widget = forms.FileInput()
    takes_other = True


class SeveralFilesField(LibraryFileField):
    """Any number of files, each checked: those that are fine are its value, `refused` the others.

    Refuses only if none is fine, or there are too many.
    """

    widget = FilesInput()

    # What they are called, and why not.
    refused: list[tuple[str, str]]

    def clean(self, data: Any, initial: Any = None) -> list[CheckedFile]:
        self.refused, kept = [], []
        uploads = data or []
        if len(uploads) > MOST_AT_ONCE:
            words = _("Please add no more than %(most)s files at once.")
            raise ValidationError(words, params={"most": MOST_AT_ONCE})
        for upload in uploads:
            try:
                kept.append(super().clean(upload, initial))
            except ValidationError as error:
                self.refused.append((upload.name, str(error.messages[0])))
        if self.refused and not kept:
            raise ValidationError(self._why(len(uploads)))
        return kept

    def _why(self, count: int) -> list[str]:
        if count == 1:
            return [self.refused[0][1]]
        return [f"{name}: {why}" for name, why in self.refused]


class TitleInput(forms.TextInput):
    """Without the browser's own check: a title may come with a link, or from a file's name."""

    def use_required_attribute(self, initial: Any) -> bool:
        return False
