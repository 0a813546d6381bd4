from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cohort.addresses import canonical_address
from cohort.form_fields import FilterForm, TagsField
from cohort.models import Cohort, Invitation, Membership, Role, Tag, Team
from notifications import registry
from notifications.models import Delivery, Way


class RosterFilter(FilterForm):
    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("Name, address or organization")}
        ),
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=_("Team"),
        required=False,
        to_field_name="slug",
        empty_label=_("All teams"),
    )
    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=[("", _("All roles")), *Role.choices]
    )
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("Everybody")),
            ("active", _("Active")),
            ("waiting", _("Invited")),
            ("expired", _("Invitation expired")),
            ("left", _("Removed")),
        ],
    )

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = cohort.teams.all()  # type: ignore[attr-defined]


class DeliveryFilter(FilterForm):
    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("Name, address or subject")}
        ),
    )
    state = forms.ChoiceField(label=_("State"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    way = forms.ChoiceField(
        label=_("Way"),
        required=False,
        choices=[("", _("All ways")), (Way.MAIL, Way.MAIL.label), (Way.PUSH, Way.PUSH.label)],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            ("", _("All states")),
            *Delivery.State.choices,
        ]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", _("All kinds")),
            *((kind.name, kind.label) for kind in registry.kinds.values()),
        ]


class AddressForm(forms.Form):
    """An address that somebody of this cohort has, or is invited at."""

    address = forms.CharField(max_length=254)

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cohort = cohort

    def clean_address(self) -> str:
        address = canonical_address(self.cleaned_data["address"])
        members = Membership.objects.filter(cohort=self.cohort, user__email=address)
        invited = Invitation.objects.open().filter(cohort=self.cohort, email=address)
        if not members.exists() and not invited.exists():
            raise ValidationError(_("Nobody of this cohort has that address."))
        return address


class TagFilter(FilterForm):
    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class TagForm(forms.Form):
    """A tag's new name, written as people write tags."""

    name = TagsField(label=_("Name"), error_messages={"required": _("A tag needs a name.")})

    def clean_name(self) -> str:
        names = self.cleaned_data["name"]
        if len(names) != 1:
            raise ValidationError(_("Please write one tag, without commas."))
        return str(names[0])


class TagMergeForm(forms.Form):
    target = forms.ModelChoiceField(
        Tag.objects.none(),
        label=_("Merge it into"),
        empty_label=_("Choose a tag"),
        error_messages={"required": _("Please choose a tag.")},
    )

    def __init__(self, tag: Tag, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Tag.objects.filter(cohort=tag.cohort_id).exclude(pk=tag.pk)
        self.fields["target"].queryset = others  # type: ignore[attr-defined]
