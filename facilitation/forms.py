from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohort.models import Cohort, Role, Team
from notifications import registry
from notifications.models import Delivery


class Chosen(forms.Form):
    """A filter above a list: what makes no sense is left out instead of refused."""

    @property
    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class RosterFilter(Chosen):
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


class DeliveryFilter(Chosen):
    q = forms.CharField(
        label=_("Person"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name or address")}),
    )
    state = forms.ChoiceField(label=_("State"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)

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
