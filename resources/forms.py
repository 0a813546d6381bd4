import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from cohort.files import CheckedFileField, size_in_words
from cohort.files.types import ALL
from cohort.form_fields import FormKeyField, TagsField, ThemesField, may_be_needed, theme_tree
from cohort.models import Audience, Membership, Sector, Team, Theme
from resources.languages import LANGUAGES, USUAL
from resources.models import Resource
from resources.relations import LINK, sessions_seen


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
    made_by = forms.CharField(
        label=_("Who made it"),
        required=False,
        max_length=160,
        help_text=_("If it was not you: a person, a partnership, a publisher."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        initial=USUAL,
        choices=[*LANGUAGES.items(), ("", _("No words in it"))],
    )
    alt = forms.CharField(
        label=_("For a picture: what it shows"),
        required=False,
        max_length=500,
        help_text=_("In a sentence, for those who cannot see it."),
    )
    captions = forms.CharField(
        label=_("For a recording: where its captions are"),
        required=False,
        max_length=500,
        help_text=_(
            "A link to captions or a transcript, or a line such as “Captions in the video”."
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
    is_public = forms.BooleanField(
        label=_("May be shown to the public"),
        required=False,
        help_text=_("Nobody outside sees it now. A later showcase may use it."),
    )
    note = forms.CharField(
        label=_("What changed?"),
        required=False,
        max_length=300,
        help_text=_("A line for those who know the file there now."),
    )
    form_key = FormKeyField()

    # What is asked for under “More about it”.
    MORE = ("description", "used_for", "made_by", "language", "alt", "captions", "tags")

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
    def more_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE if name in self.fields]

    @property
    def says_more(self) -> bool:
        """Something there was filled, or refused: then one must see it."""
        usual = {"language": USUAL}
        return any(
            field.errors or (field.value() or "") != usual.get(field.name, "")
            for field in self.more_fields
        )

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
        if data.get("is_public") and data.get("audience", Audience.COHORT) != Audience.COHORT:
            words = _("Only what the whole cohort sees may be shown to the public.")
            self.add_error("is_public", words)
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
        "made_by": resource.made_by,
        "language": resource.language,
        "alt": resource.alt,
        "captions": resource.captions,
        "is_public": resource.is_public,
        "themes": [theme.pk for theme in resource.themes.all()],
        "tags": ", ".join(tag.name for tag in resource.tags.all()),
        "audience": resource.audience,
    }


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
        types = {kind.content_type: kind.label for kind in ALL} | {LINK: _("Link")}
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
    def narrows_more(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self.MORE)
