"""Who came: what is shown of the sheet, and the marks that are given in it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership
from sessions.models import Attendance
from sessions.queries.attendance import UNKNOWN, YES_UNKNOWN, AttendanceLine

MARK_CHOICES = [*Attendance.Mark.choices, (UNKNOWN, _("Unknown"))]


class SheetFilter(forms.Form):
    """Which people of a sheet are shown. A choice that makes no sense is left out."""

    team = forms.TypedChoiceField(label=_("Team"), required=False, coerce=int, empty_value=None)
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("Everybody")),
            (YES_UNKNOWN, _("Said yes, no mark yet")),
            (UNKNOWN, _("No mark yet")),
            *Attendance.Mark.choices,
        ],
    )

    def __init__(self, data: Any, *, sheet: Sequence[AttendanceLine]) -> None:
        super().__init__(data)
        teams = {line.member.team.pk: line.member.team.name for line in sheet if line.member.team}
        field: Any = self.fields["team"]
        field.choices = [("", _("All teams")), *teams.items(), (0, _("No team"))]

    @property
    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        data = self.cleaned_data
        return {"team": data.get("team"), "show": data.get("show") or ""}


class MarksForm(forms.Form):
    """One mark for those who are ticked, or for everybody who is shown."""

    mark = forms.ChoiceField(choices=MARK_CHOICES)
    everybody = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, shown: Sequence[AttendanceLine]) -> None:
        super().__init__(data)
        self.shown = shown

    def clean_mark(self) -> str:
        mark = str(self.cleaned_data["mark"])
        return "" if mark == UNKNOWN else mark

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.members:
            self.add_error(None, _("Tick the people first, then press what they are to be marked."))
        return data

    @property
    def ticked(self) -> set[str]:
        posted: Any = self.data
        return set(posted.getlist("member")) if self.is_bound else set()

    @property
    def members(self) -> list[Membership]:
        """Only people of the sheet, whatever was sent."""
        is_all = bool(self.cleaned_data.get("everybody"))
        ticked = self.ticked
        return [line.member for line in self.shown if is_all or str(line.member.pk) in ticked]
