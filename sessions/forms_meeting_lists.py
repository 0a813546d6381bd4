"""A meeting's list, and who its rows are: a field per row that takes a person's name."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership
from sessions.meeting_lists import MAX_BYTES
from sessions.meeting_lists.names import plain
from sessions.models import MeetingList
from sessions.queries.meeting_lists import Row, candidates, review


class ListForm(forms.Form):
    file = forms.FileField(
        label=_("The meeting’s list"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        help_text=_("The CSV file of participants from Zoom, Google Meet or Microsoft Teams."),
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(
                _("This file is larger than 2 MB, which no meeting’s list needs.")
            )
        return upload


@dataclass(frozen=True)
class ReviewLine:
    row: Row
    field: BoundField
    needs_a_look: bool


class ReviewForm(forms.Form):
    """Row by row who it is; left empty, the row is left out."""

    over_hand = forms.BooleanField(
        label=_("Change marks that were set by hand as well"), required=False
    )

    def __init__(self, data: Any, *, kept: MeetingList) -> None:
        super().__init__(data)
        self.rows = review(kept)
        self.members = _labelled(candidates(kept.session))
        self.by_typed = _by_typed(self.members)
        label_of = {member.pk: label for label, member in self.members.items()}
        for row in self.rows:
            name = f"row-{row.number}"
            self.fields[name] = forms.CharField(
                required=False,
                max_length=300,
                label=_("Who is it?"),
                widget=forms.TextInput(attrs={"list": "people", "autocomplete": "off"}),
            )
            self.initial[name] = label_of[row.member.pk] if row.member else ""
        self.choices: dict[int, int] = {}

    @property
    def labels(self) -> list[str]:
        return list(self.members)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for row in self.rows:
            name = f"row-{row.number}"
            if name not in self.data:
                continue
            typed = str(data.get(name, "")).strip()
            member = self.by_typed.get(plain(typed)) if typed else None
            if typed and member is None:
                self.add_error(name, _("We know nobody who is called that. Choose from the list."))
            else:
                self.choices[row.number] = member.pk if member else 0
        return data

    def lines(self) -> list[ReviewLine]:
        return [
            ReviewLine(
                row,
                field := self[f"row-{row.number}"],
                bool(field.errors) or (row.needs_a_look and row.number not in self.choices),
            )
            for row in self.rows
        ]


def _labelled(members: list[Membership]) -> dict[str, Membership]:
    """People by what tells them apart: name and team, and the address where that is not enough."""
    plain_labels = [_label(member) for member in members]
    often = Counter(plain_labels)
    return {
        label if often[label] == 1 else f"{label}, {member.user.email}": member
        for label, member in zip(plain_labels, members, strict=True)
    }


def _label(member: Membership) -> str:
    place = member.team.name if member.team else member.get_role_display()
    return f"{member.user.name}, {place}"


def _by_typed(members: dict[str, Membership]) -> dict[str, Membership]:
    """What one may type: the label, or the name alone where only one person has it."""
    names = Counter(plain(member.user.name) for member in members.values())
    known = {
        plain(member.user.name): member
        for member in members.values()
        if names[plain(member.user.name)] == 1
    }
    return known | {plain(label): member for label, member in members.items()}
