from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from cohort.files import size_in_words
from cohort.form_fields import may_be_needed
from resources.form_fields import LibraryFileField, SeveralFilesField
from resources.forms_said import SaidForm
from resources.models import Resource


class ResourceForm(SaidForm):
    """New files or a link, or (with `resource`) one that is there."""

    file = LibraryFileField(label=_("Files"), required=False)
    url = forms.URLField(
        label=_("Link"),
        required=False,
        max_length=1000,
        assume_scheme="https",
        validators=[URLValidator(["http", "https"])],
        help_text=_("To a page, a video or a document that lives elsewhere."),
        error_messages={"invalid": _("Give a whole web address, such as https://example.org/.")},
    )
    note = forms.CharField(
        label=_("What changed?"),
        required=False,
        max_length=300,
        help_text=_("A line for those who know the file there now."),
    )

    def __init__(self, *args: Any, resource: Resource | None = None, **options: Any) -> None:
        super().__init__(*args, resource=resource, **options)
        self._fit_to(resource)

    def _fit_to(self, resource: Resource | None) -> None:
        """A file stays a file and a link a link: its address must give what others rely on."""
        limit = size_in_words(settings.UPLOAD_MAX_BYTES)
        if resource is None or resource.is_link:
            del self.fields["note"]
        if resource is None:
            self.fields["file"] = SeveralFilesField(label=_("Files"), required=False)
            for field in (self.fields["file"], self.fields["url"], self.fields["title"]):
                may_be_needed(field)
            self.fields["title"].required = False
            self.fields["file"].help_text = _(
                "One or several, each up to %(limit)s. PDF, Word, Excel, PowerPoint, OpenDocument, "
                "pictures, CSV, text and captions can be looked into here, others only downloaded."
            ) % {"limit": limit}
        elif resource.is_link:
            del self.fields["file"]
            self.fields["url"].required = True
        else:
            del self.fields["url"]
            self._ask_about_its_type(resource)
            self.fields["file"].label = _("Replace the file")
            self.fields["file"].help_text = _(
                "Its address stays the same, and the file there now is kept. Up to %(limit)s."
            ) % {"limit": limit}

    def _ask_about_its_type(self, resource: Resource) -> None:
        """Of a file that is there one need not ask what only other types have."""
        if not resource.is_picture and not resource.alt:
            del self.fields["alt"]
        if not resource.is_heard and not resource.captions:
            del self.fields["captions"]

    @property
    def has_lost_its_file(self) -> bool:
        """A good file came with a form that was refused: browsers do not fill it in again."""
        return bool(self.errors and self.files.get("file") and "file" not in self.errors)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.resource is None:
            self._look_at_its_source(data)
        return data

    def _look_at_its_source(self, data: dict[str, Any]) -> None:
        files, url = data.get("file") or [], data.get("url")
        if files and url:
            self.add_error("url", _("Give a file or a link, not both: each has its own page."))
        elif not files and not url and not {"file", "url"} & set(self.errors):
            self.add_error("file", _("Choose a file, or give a link below."))
        # Of several each is called by its name; of one that was refused that is said first.
        is_named = data.get("title") or len(files) > 1 or "file" in self.errors
        if not is_named and "title" not in self.errors:
            self.add_error("title", self.fields["title"].error_messages["required"])

    @property
    def refused(self) -> list[tuple[str, str]]:
        """Of several new files those that were not taken, and why."""
        field = self.fields.get("file")
        return field.refused if isinstance(field, SeveralFilesField) else []
