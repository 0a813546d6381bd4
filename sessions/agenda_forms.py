"""The rows of an agenda in the form: added, moved and removed by buttons that post all of it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership, Team
from sessions.forms import OneLine

MOST = 30
COUNT = "agenda-count"
NAMES = ("title", "minutes", "notes")


class PresentersInput(forms.SelectMultiple):
    """Several selects of the same name: one for each presenter and an empty one."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [value for value in data.getlist(name) if value]


class AgendaRowForm(forms.Form):
    title = OneLine(label=_("What"), max_length=160)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=24 * 60)
    presenters = forms.MultipleChoiceField(
        label=_("Who leads it"), required=False, widget=PresentersInput
    )
    notes = forms.CharField(
        label=_("Notes"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, people: "Presenters", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        field: Any = self.fields["presenters"]
        field.choices = people.choices

    @property
    def chosen(self) -> list[str]:
        """Who leads it so far, and a place for one more."""
        return [*list(dict.fromkeys(self["presenters"].value() or [])), ""]


class Presenters:
    """Who can lead a part of a session: the cohort's teams and people, as values of a select."""

    def __init__(self, member: Membership) -> None:
        self.teams = {f"team:{team.pk}": team for team in member.cohort.teams.all()}
        people = Membership.objects.visible_to(member).select_related("user").by_name()
        self.people = {f"member:{person.pk}": person for person in people}
        groups: list[Any] = []
        if self.teams:
            groups.append((_("Teams"), [(key, team.name) for key, team in self.teams.items()]))
        groups.append((_("People"), [(key, who.user.name) for key, who in self.people.items()]))
        self.choices = groups

    def split(self, keys: Sequence[str]) -> tuple[list[Membership], list[Team]]:
        return (
            [self.people[key] for key in keys if key in self.people],
            [self.teams[key] for key in keys if key in self.teams],
        )


class AgendaRows:
    """The agenda as the form shows it: what was posted, or `begin` (see `rows_of`)."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        member: Membership,
        begin: Sequence[dict[str, Any]] = (),
    ) -> None:
        self.people = Presenters(member)
        # The row and the button or field to go on from.
        self.at: tuple[int, str] | None = None
        self.is_checked = data is not None and "row" not in data
        if data is None:
            rows = list(begin)
        else:
            rows = _posted(data)
            if "row" in data:
                rows = self._acted(rows, str(data["row"]))
        self.rows = [self._form(number, row) for number, row in enumerate(rows or [_EMPTY])]
        self.is_full = len(self.rows) >= MOST

    def _form(self, number: int, row: dict[str, Any]) -> AgendaRowForm:
        prefix = f"agenda-{number}"
        # An empty row is no mistake.
        if not self.is_checked or not any(row.values()):
            return AgendaRowForm(initial=row, prefix=prefix, people=self.people)
        data = QueryDict(mutable=True)
        for name in NAMES:
            data[f"{prefix}-{name}"] = row[name]
        data.setlist(f"{prefix}-presenters", row["presenters"])
        return AgendaRowForm(data, prefix=prefix, people=self.people)

    def _acted(self, rows: list[dict[str, Any]], act: str) -> list[dict[str, Any]]:
        """Rows after a button was pressed, which says "add", "remove:2", "up:2" or "down:2"."""
        verb, _colon, place = act.partition(":")
        number = int(place) if place.isdecimal() and len(place) < 4 else -1
        last = len(rows) - 1
        if verb == "add" and len(rows) < MOST:
            rows.append(_EMPTY)
            self.at = (len(rows) - 1, "title")
        elif verb == "remove" and 0 <= number <= last:
            del rows[number]
            self.at = (max(0, min(number, last - 1)), "title")
        elif verb in ("up", "down") and 0 <= number <= last:
            to = number + (1 if verb == "down" else -1)
            if 0 <= to <= last:
                rows[number], rows[to] = rows[to], rows[number]
                is_end = to in (0, last)
                self.at = (to, {"up": "down", "down": "up"}[verb] if is_end else verb)
        return rows

    def is_valid(self) -> bool:
        checked = [row.is_valid() for row in self.rows if row.is_bound]  # all of them, for words
        return all(checked)

    @property
    def parts(self) -> list[dict[str, Any]]:
        """What the agenda's service takes, of rows that are valid."""
        found = []
        for row in self.rows:
            if row.is_bound:
                people, teams = self.people.split(row.cleaned_data["presenters"])
                fields = {name: row.cleaned_data[name] for name in NAMES}
                found.append({**fields, "presenters": people, "teams": teams})
        return found

    @property
    def minutes(self) -> int:
        """The sum of what is filled in, as far as it is numbers."""
        field = forms.IntegerField(required=False, min_value=0, max_value=24 * 60)
        total = 0
        for row in self.rows:
            try:
                total += field.clean(row["minutes"].value()) or 0
            except ValidationError:
                continue
        return total


_EMPTY: dict[str, Any] = {"title": "", "minutes": "", "notes": "", "presenters": []}


def rows_of(session: Any) -> list[dict[str, Any]]:
    """An agenda to begin with: of one of `session_pages`, or of what is copied."""
    return [
        _row(row, [who["pk"] for who in row["people"]], [team["pk"] for team in row["teams"]])
        for row in session.agenda_rows
    ]


def _row(written: dict[str, Any], people: Sequence[int], teams: Sequence[int]) -> dict[str, Any]:
    presenters = [*(f"member:{pk}" for pk in people), *(f"team:{pk}" for pk in teams)]
    return {**{name: written[name] for name in NAMES}, "presenters": presenters}


def _posted(data: QueryDict) -> list[dict[str, Any]]:
    count = data.get(COUNT, "")
    number = int(count) if count.isdecimal() and len(count) < 4 else 0
    return [
        {
            **{name: data.get(f"agenda-{row}-{name}", "") for name in NAMES},
            "presenters": [key for key in data.getlist(f"agenda-{row}-presenters") if key],
        }
        for row in range(min(number, MOST))
    ]
