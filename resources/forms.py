from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from cohort.files import size_in_words
from cohort.files.types import ALL, BYTES
from cohort.form_fields import may_be_needed
from cohort.models import Membership, Sector, Team, Theme
from resources.form_fields import LibraryFileField, SeveralFilesField
from resources.forms_said import SaidForm
from resources.languages import LANGUAGES
from resources.models import Resource
from resources.relations import LINK, PAGE, sessions_seen


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


class ShelfForm(forms.Form):
    """The facets of the library. What is not understood narrows nothing.

    `show_counts` says in each facet how many there are, and leaves out what there is none of.
    """

    q = forms.CharField(
        label=_("Search the library"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    theme = forms.ChoiceField(label=_("Theme"), required=False)
    team = forms.ChoiceField(label=_("Team"), required=False)
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    session = forms.ChoiceField(label=_("Used in session"), required=False)
    type = forms.ChoiceField(label=_("File type"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    year = forms.ChoiceField(label=_("Year"), required=False)
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("Newest first")),
            ("helpful", _("Most helpful first")),
            ("used", _("Most downloaded first")),
        ],
    )

    MAIN = ("kind", "theme", "team")
    MORE = ("sector", "session", "type", "language", "year", "sort")

    def __init__(self, *args: Any, member: Membership, **options: Any) -> None:
        super().__init__(*args, **options)
        self._themes = {theme.slug: theme for theme in Theme.objects.all()}
        self._teams = {team.slug: team for team in Team.objects.filter(cohort=member.cohort_id)}
        sessions = sessions_seen(member).filter(resources__isnull=False).distinct()
        titles = sessions.order_by("-starts_at").values_list("pk", "title")
        types = {kind.content_type: kind.label for kind in ALL} | {
            BYTES: _("Other file"),
            LINK: _("Link"),
            PAGE: _("Page"),
        }
        self._words: dict[str, dict[str, Any]] = {
            "kind": dict(Resource.Kind.choices),
            "theme": {slug: theme.name for slug, theme in self._themes.items()},
            "team": {slug: team.name for slug, team in self._teams.items()},
            "sector": dict(Sector.choices),
            "session": {str(pk): title for pk, title in titles},
            "type": types,
            "language": LANGUAGES,
            "year": {str(year): year for year in range(2000, 2101)},
        }
        for name, words in self._words.items():
            self.fields[name].choices = [("", _("All")), *words.items()]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, Any]:
        """The value of each facet that was chosen: a theme and a team as themselves."""
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        if "theme" in chosen:
            chosen["theme"] = self._themes[chosen["theme"]]
        if "team" in chosen:
            chosen["team"] = self._teams[chosen["team"]]
        return chosen

    def show_counts(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        """`counts` as `resources.queries.count_facets` gives them."""
        slugs = {
            "theme": {str(theme.pk): slug for slug, theme in self._themes.items()},
            "team": {str(team.pk): slug for slug, team in self._teams.items()},
        }
        for name, words in self._words.items():
            found = counts.get(name, {})
            numbers = {slugs.get(name, {}).get(key, key): n for key, n in found.items()}
            chosen = self.cleaned_data.get(name)
            shown = [
                (value, f"{label} ({numbers.get(value, 0)})")
                for value, label in words.items()
                if value in numbers or value == chosen
            ]
            self.fields[name].widget.choices = [("", _("All")), *shown]

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MAIN]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE]

    @property
    def narrows(self) -> bool:
        return any(self.cleaned_data.get(name) for name in (*self.MAIN, *self.MORE))

    @property
    def narrows_more(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self.MORE)
