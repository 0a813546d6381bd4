from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from cohort.addresses import canonical_address
from cohort.form_fields import FilterForm, may_be_needed
from cohort.models import Cohort, Membership, Organization, Role, Sector, Team, User
from cohort.photos import make_portrait
from cohort.zones import zone_choices


class AddressInput(forms.EmailField):
    """A mail address, cleaned to the one form in which addresses are kept."""

    def to_python(self, value: Any) -> str:
        return canonical_address(super().to_python(value) or "")


class PhotoInput(forms.FileField):
    """Any picture, cleaned to a small portrait without its metadata."""

    widget = forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"})

    def clean(self, data: Any, initial: Any = None) -> ContentFile | None:
        upload = super().clean(data, initial)
        # Without a new upload the field gives back what is there; that stays as it is.
        return make_portrait(upload) if upload and data else None


class PeopleFilter(FilterForm):
    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("Name, organization, or what they know")}
        ),
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=_("Team"),
        required=False,
        to_field_name="slug",
        empty_label=_("All teams"),
    )
    sector = forms.ChoiceField(
        label=_("Sector"), required=False, choices=[("", _("All sectors")), *Sector.choices]
    )
    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=[("", _("All roles")), *Role.choices]
    )
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = list(cohort.teams.all())
        states = sorted({team.state for team in teams if team.state})
        self.fields["team"].queryset = cohort.teams.all()  # type: ignore[attr-defined]
        # One query for both fields; the queryset above is only asked when a team is chosen.
        self.fields["team"].choices = [("", _("All teams"))] + [  # type: ignore[attr-defined]
            (team.slug, team.name) for team in teams
        ]
        self.fields["state"].choices = [("", _("All states"))] + [  # type: ignore[attr-defined]
            (state, state) for state in states
        ]


class ProfileForm(forms.ModelForm):
    photo = PhotoInput(
        label=_("Photo"),
        required=False,
        help_text=_("JPEG, PNG or WebP. We cut it square and remove where it was taken."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        help_text=_("Every time you see here, and in our mails, is told in this zone."),
    )

    class Meta:
        model = User
        fields = (
            "name",
            "title",
            "time_zone",
            "bio",
            "can_help_with",
            "looking_for_help_with",
            "shows_email",
        )
        widgets = {
            "bio": forms.Textarea(attrs={"rows": 4}),
            "can_help_with": forms.TextInput(
                attrs={"placeholder": _("Writing agreements, employer advisory boards…")}
            ),
            "looking_for_help_with": forms.TextInput(
                attrs={"placeholder": _("Transport for interns, dual credit…")}
            ),
        }
        help_texts = {
            "shows_email": _("Otherwise only the facilitators see it."),
        }

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class ArrivalForm(ProfileForm):
    """The little that is asked of somebody who has just come: more can wait."""

    agree = forms.BooleanField(
        label=_("I agree to these norms"),
        error_messages={"required": _("The cohort asks everybody to agree to its norms.")},
    )

    class Meta(ProfileForm.Meta):
        fields = ("name", "title", "time_zone")  # type: ignore[assignment]

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not cohort.norms:
            del self.fields["agree"]


class TeamForm(forms.ModelForm):
    class Meta:
        model = Team
        fields = ("purpose", "place")
        widgets = {"purpose": forms.Textarea(attrs={"rows": 6})}
        help_texts = {
            "purpose": _("Why this partnership exists, for whom, and what it wants to change."),
        }


class OrganizationForm(forms.ModelForm):
    class Meta:
        model = Organization
        fields = ("name", "sector")
        labels = {"name": _("Name"), "sector": _("Sector")}

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class PlaceForm(forms.Form):
    """Which role, team and organization somebody has in a cohort."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.MEMBER)
    team = may_be_needed(
        forms.ModelChoiceField(
            Team.objects.none(),
            label=_("Team"),
            required=False,
            empty_label=_("No team"),
            help_text=_(
                "Members and team leads belong to a team; facilitators and observers do not."
            ),
        )
    )
    organization = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("Organization"),
        required=False,
        empty_label=_("Not said"),
    )

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = cohort.teams.all()  # type: ignore[attr-defined]
        organization = self.fields["organization"]
        organization.queryset = Organization.objects.filter(  # type: ignore[attr-defined]
            cohort=cohort
        ).select_related("team")
        organization.label_from_instance = (  # type: ignore[attr-defined]
            lambda one: f"{one.name} ({one.team.name})" if one.team else one.name
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        team, organization = data.get("team"), data.get("organization")
        if data.get("role") in (Role.MEMBER, Role.TEAM_LEAD):
            if team is None and "team" not in self.errors:
                self.add_error("team", _("Please say which team."))
        else:
            data["team"] = team = None
        if organization and organization.team_id and organization.team_id != (team and team.pk):
            self.add_error("organization", _("This organization is at another team's table."))
        return data


class InvitationForm(PlaceForm):
    email = AddressInput(label=_("Email address"))
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=120,
        help_text=_("They can correct it when they arrive."),
    )
    field_order = ("email", "name", "role", "team", "organization")

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, cohort=by.cohort, **kwargs)
        self.by = by
        if not by.is_facilitator:
            # A team lead brings members into their own team, and nobody anywhere else.
            del self.fields["role"], self.fields["team"]
            own = Organization.objects.filter(team=by.team).select_related("team")
            self.fields["organization"].queryset = own  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        if self.by.is_facilitator:
            return super().clean()
        return {**self.cleaned_data, "role": Role.MEMBER, "team": self.by.team}

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class RosterForm(forms.Form):
    file = may_be_needed(
        forms.FileField(
            label=_("CSV file"),
            required=False,
            widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
            help_text=_("Saved from a spreadsheet; up to 2 MB and 2,000 people."),
        )
    )
    pasted = may_be_needed(
        forms.CharField(
            label=_("Or paste the table"),
            required=False,
            strip=False,
            max_length=2_000_000,
            widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "data-keep": "off"}),
            help_text=_("The first line names the columns."),
        )
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload, pasted = data.get("file"), (data.get("pasted") or "").strip("\r\n ")
        if upload and pasted:
            raise ValidationError(_("Please choose a file or paste a table, not both."))
        if not upload and not pasted and not self.errors:
            raise ValidationError(_("Please choose a file or paste a table."))
        return data

    @property
    def content(self) -> bytes:
        upload = self.cleaned_data["file"]
        return upload.read() if upload else self.cleaned_data["pasted"].encode()


class _CanonicalAddress(forms.Form):
    """Sign-in looks for an address in the form it is stored in."""

    address_field = "email"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields[self.address_field]
        typed = field.to_python
        field.to_python = lambda value: canonical_address(typed(value) or "")  # type: ignore[method-assign]


class LoginForm(_CanonicalAddress, allauth_forms.LoginForm):
    address_field = "login"


class RequestLoginCodeForm(_CanonicalAddress, allauth_forms.RequestLoginCodeForm):
    pass


class ResetPasswordForm(_CanonicalAddress, allauth_forms.ResetPasswordForm):
    pass
