from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cohort.files.types import ACCEPT, FileRefused
from cohort.files.uploads import CheckedFile, check_upload


class CheckedFileField(forms.FileField):
    """A file input whose clean value is a `CheckedFile`.

    `takes_other`: also what nothing here looks into, to be downloaded as it is.
    """

    takes_other = False

    widget = forms.FileInput(attrs={"accept": ACCEPT})
    default_error_messages = {
        "empty": _("This file is empty."),
        "missing": _("Choose a file."),
        "required": _("Choose a file."),
    }

    def to_python(self, data: Any) -> CheckedFile | None:  # type: ignore[override]
        upload = super().to_python(data)
        if upload is None:
            return None
        try:
            return check_upload(upload, takes_other=self.takes_other)
        except FileRefused as refused:
            raise ValidationError(refused.args[0], code="refused") from refused
