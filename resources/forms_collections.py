from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohort.models import Audience, Membership, Team
from resources.models import Collection

PRIVATE = "me"


class CollectionForm(forms.Form):
    """A list, and for facilitators whom it is for; a private one stays private."""

    title = forms.CharField(
        label=_("Title"),
        max_length=120,
        help_text=_("What it is for: “Before session 4”, “Writing an agreement”."),
    )
    description = forms.CharField(
        label=_("A line on how to use it"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    readers = forms.ChoiceField(label=_("Who sees it"))

    def __init__(
        self,
        *args: Any,
        member: Membership,
        collection: Collection | None = None,
        **options: Any,
    ) -> None:
        self.teams = {
            f"team-{team.pk}": team for team in Team.objects.filter(cohort=member.cohort_id)
        }
        if collection:
            options.setdefault("initial", _said_of(collection))
        super().__init__(*args, **options)
        if not member.is_facilitator or (collection and collection.is_private):
            del self.fields["readers"]
            return
        shared = [
            (Audience.COHORT.value, _("The whole cohort")),
            (Audience.FACILITATORS.value, _("Facilitators only")),
            *(
                (key, _("%(team)s and the facilitators") % {"team": team})
                for key, team in self.teams.items()
            ),
        ]
        own = [] if collection else [(PRIVATE, _("Only me"))]
        self.fields["readers"].choices = [*shared, *own]  # type: ignore[attr-defined]

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    @property
    def for_whom(self) -> dict[str, Any]:
        """Of a valid form: for whom the list is."""
        chosen = self.cleaned_data.get("readers", PRIVATE)
        if team := self.teams.get(chosen):
            return {"is_private": False, "audience": Audience.TEAM, "team": team}
        is_private = chosen == PRIVATE
        audience = Audience.COHORT if is_private else chosen
        return {"is_private": is_private, "audience": audience, "team": None}

    @property
    def words(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("title", "description")}


def _said_of(collection: Collection) -> dict[str, str]:
    readers = f"team-{collection.team_id}" if collection.team_id else collection.audience
    return {
        "title": collection.title,
        "description": collection.description,
        "readers": readers,
    }


class PlacingForm(forms.Form):
    """In which of the lists that one arranges a resource stands."""

    lists = forms.TypedMultipleChoiceField(
        label=_("Lists"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    title = forms.CharField(
        label=_("Or begin a new list"),
        required=False,
        max_length=120,
        help_text=_("Only you see it."),
    )

    def __init__(self, *args: Any, collections: list[Collection], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["lists"].choices = [  # type: ignore[attr-defined]
            (each.pk, each.title) for each in collections
        ]

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())


class NoteForm(forms.Form):
    note = forms.CharField(label=_("Why it is here"), required=False, max_length=300)

    def clean_note(self) -> str:
        return " ".join(self.cleaned_data["note"].split())
