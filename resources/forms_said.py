"""What is said of a resource, whatever it is: the part that all forms to add or edit one share."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohort.form_fields import FormKeyField, TagsField, ThemesField, theme_tree
from cohort.models import Audience, Membership
from resources.form_fields import TitleInput
from resources.languages import LANGUAGES, USUAL
from resources.models import Resource


class SaidForm(forms.Form):
    """Of a new resource, or (with `resource`) of one that is there."""

    title = forms.CharField(
        label=_("Title"),
        max_length=160,
        widget=TitleInput,
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
    def theme_tree(self) -> list[dict[str, Any]]:
        return theme_tree(self["themes"])

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("is_public") and data.get("audience", Audience.COHORT) != Audience.COHORT:
            words = _("Only what the whole cohort sees may be shown to the public.")
            self.add_error("is_public", words)
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
