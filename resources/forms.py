import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from cohort.files import CheckedFileField, size_in_words
from cohort.form_fields import FormKeyField, TagsField, ThemesField, may_be_needed, theme_tree
from cohort.models import Audience, Cohort, Membership, Team, Theme
from resources.models import Resource


class ResourceForm(forms.Form):
    """A new resource, or (with `resource`) what is said about one."""

    file = CheckedFileField(label=_("File"), required=False)
    url = forms.URLField(
        label=_("Link"),
        required=False,
        max_length=1000,
        assume_scheme="https",
        validators=[URLValidator(["http", "https"])],
        help_text=_("To a page, a video or a document that lives elsewhere."),
        error_messages={"invalid": _("Give a whole web address, such as https://example.org/.")},
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=160,
        help_text=_(
            "What would a colleague search for? “MOU with the hospital, 2026” beats “Doc1”."
        ),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("Choose…")), *Resource.Kind.choices])
    description = forms.CharField(
        label=_("What it is"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A line or two: what is in it, and who it helps."),
    )
    used_for = forms.CharField(
        label=_("How we used it"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "With whom, when, and what you would do differently: the part others learn from."
        ),
    )
    themes = ThemesField()
    tags = TagsField(
        label=_("Tags"),
        required=False,
        help_text=_("Your own words, with commas between them; up to six."),
    )
    audience = forms.ChoiceField(
        label=_("Who can see it"), initial=Audience.COHORT, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("What changed?"),
        required=False,
        max_length=300,
        help_text=_("A line for those who know the file there now."),
    )
    form_key = FormKeyField()

    def __init__(
        self, *args: Any, member: Membership, resource: Resource | None = None, **options: Any
    ) -> None:
        self.resource = resource
        options.setdefault("initial", said_of(resource) if resource else {})
        super().__init__(*args, **options)
        team = (resource.team if resource else None) or member.team
        words = {
            Audience.TEAM: _("Only %(team)s and the facilitators") % {"team": team},
            Audience.COHORT: _("The whole cohort"),
            Audience.FACILITATORS: _("Facilitators only"),
        }
        self.fields["audience"].choices = [  # type: ignore[attr-defined]
            (audience.value, words[audience]) for audience in audiences_for(member, resource)
        ]
        self._fit_to(resource)

    def _fit_to(self, resource: Resource | None) -> None:
        """A file stays a file and a link a link: its address must give what others rely on."""
        limit = size_in_words(settings.UPLOAD_MAX_BYTES)
        if resource is None or resource.is_link:
            del self.fields["note"]
        if resource is None:
            for field in (self.fields["file"], self.fields["url"]):
                may_be_needed(field)
            self.fields["file"].help_text = _(
                "Up to %(limit)s. PDF, Word, Excel, PowerPoint, OpenDocument, pictures, CSV, text "
                "and captions."
            ) % {"limit": limit}
        elif resource.is_link:
            del self.fields["file"]
            self.fields["url"].required = True
        else:
            del self.fields["url"]
            self.fields["file"].label = _("Replace the file")
            self.fields["file"].help_text = _(
                "Its address stays the same, and the file there now is kept. Up to %(limit)s."
            ) % {"limit": limit}

    @property
    def has_lost_its_file(self) -> bool:
        """A good file came with a form that was refused: browsers do not fill it in again."""
        return bool(self.errors and self.files.get("file") and "file" not in self.errors)

    @property
    def theme_tree(self) -> list[dict[str, Any]]:
        return theme_tree(self["themes"])

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.resource is None and not ({"file", "url"} & set(self.errors)):
            if data.get("file") and data.get("url"):
                self.add_error("url", _("Give a file or a link, not both: each has its own page."))
            elif not data.get("file") and not data.get("url"):
                self.add_error("file", _("Choose a file, or give a link below."))
        return data


def audiences_for(member: Membership, resource: Resource | None = None) -> list[Audience]:
    """For whom a member may add a resource; one that is there may also stay as it is."""
    kept = resource.audience if resource else None
    allowed = {
        Audience.TEAM: member.team_id is not None or kept == Audience.TEAM,
        Audience.COHORT: True,
        Audience.FACILITATORS: member.is_facilitator,
    }
    return [audience for audience, may in allowed.items() if may]


def said_of(resource: Resource) -> dict[str, Any]:
    return {
        "url": resource.url,
        "title": resource.title,
        "kind": resource.kind,
        # Lists are indented in the plain text; typed, they begin their lines.
        "description": re.sub(r"(?m)^ +", "", resource.description_text),
        "used_for": resource.used_for,
        "themes": [theme.pk for theme in resource.themes.all()],
        "tags": ", ".join(tag.name for tag in resource.tags.all()),
        "audience": resource.audience,
    }


class ShelfForm(forms.Form):
    """The filters of the library. What is not understood filters nothing."""

    q = forms.CharField(
        label=_("Search the library"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *Resource.Kind.choices]
    )
    theme = forms.ModelChoiceField(
        Theme.objects.none(),
        label=_("Theme"),
        required=False,
        to_field_name="slug",
        empty_label=_("All themes"),
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=_("Team"),
        required=False,
        to_field_name="slug",
        empty_label=_("All teams"),
    )

    def __init__(self, *args: Any, cohort: Cohort, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["theme"].queryset = Theme.objects.all()  # type: ignore[attr-defined]
        self.fields["team"].queryset = Team.objects.filter(cohort=cohort)  # type: ignore[attr-defined]
