"""A poll's part of the forms that posts are written in."""

import re
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.zones import AmbiguousTime, NoSuchTime, to_utc
from forums.models import Poll
from forums.services import NewPoll

LONGEST_QUESTION, LONGEST_OPTION = 200, 160
END_OF_DAY = time(23, 59)
LONGEST_OPEN = timedelta(days=2 * 366)
# What people put before the lines of a list.
_BULLET = re.compile(r"^(?:[-*•–]\s+)+")


class OptionsField(forms.CharField):
    """One answer a line, to a list of them."""

    widget = forms.Textarea(attrs={"rows": 4, "data-keep": "off"})
    default_error_messages = {
        "required": _("Please give at least two answers, each on its own line."),
    }

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        lines = (" ".join(line.split()) for line in (super().to_python(value) or "").splitlines())
        return [line for line in (_BULLET.sub("", line) for line in lines) if line]

    def validate(self, value: Any) -> None:
        super().validate(value)
        self._check_count(len(value))
        seen: set[str] = set()
        for option in value:
            if len(option) > LONGEST_OPTION:
                raise ValidationError(
                    _("“%(start)s…” is too long for an answer: %(most)s characters is the most."),
                    params={"start": option[:40], "most": LONGEST_OPTION},
                )
            if option.casefold() in seen:
                raise ValidationError(_("“%(option)s” is there twice."), params={"option": option})
            seen.add(option.casefold())

    def _check_count(self, count: int) -> None:
        if count < Poll.FEWEST_OPTIONS:
            raise ValidationError(self.error_messages["required"])
        if count > Poll.MOST_OPTIONS:
            raise ValidationError(
                _("A poll has room for %(most)s answers, and these are %(count)s."),
                params={"most": Poll.MOST_OPTIONS, "count": count},
            )

    def run_validators(self, value: Any) -> None:
        super().run_validators("\n".join(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data))


class PollFields(forms.Form):
    """Stands beside the form of a post, in the same <form>. Without a question there is no poll.

    The date and time of closing are those of the reader's clock.
    """

    prefix = "poll"

    question = forms.CharField(
        label=_("Question"),
        max_length=LONGEST_QUESTION,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("What do you ask? Without a poll, empty its answers."),
            "max_length": _("A question has room for %(limit_value)d characters, and this one has "
                            "%(show_value)d."),
        },
    )  # fmt: skip
    options = OptionsField(
        label=_("Answers to choose from"),
        help_text=_("One on each line, two to ten."),
    )
    is_multiple = forms.BooleanField(label=_("Several may be chosen"), required=False)
    is_anonymous = forms.BooleanField(
        label=_("Nobody sees who chose what"),
        required=False,
        help_text=_(
            "Results show once four have voted, and move on by four at a time, so that nobody can "
            "tell who added what."
        ),
    )
    closes_on = forms.DateField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Please give the date as in 2026-10-31.")},
    )
    closes_at = forms.TimeField(
        label=_("Time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Please give the time as in 15:30.")},
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, empty_permitted=True, use_required_attribute=False, **kwargs)

    def has_changed(self) -> bool:
        """Without a question and answers nothing else makes a poll."""
        return not {"question", "options"}.isdisjoint(self.changed_data)

    @property
    def is_begun(self) -> bool:
        """Something was typed or chosen: the fields stand open."""
        return self.is_bound and bool(self.changed_data)

    def clean_question(self) -> str:
        return " ".join(self.cleaned_data["question"].split())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["closes"] = self._closing(data)
        return data

    def _closing(self, data: dict[str, Any]) -> datetime | None:
        day, wall = data.get("closes_on"), data.get("closes_at")
        if day is None:
            if wall and "closes_on" not in self.errors:
                self.add_error("closes_on", _("On which day? Or leave the time empty."))
            return None
        try:
            closes = to_utc(day, wall or END_OF_DAY, timezone.get_current_timezone_name(), fold=0)
        except NoSuchTime:
            self.add_error(
                "closes_at", _("The clocks skip this time on that day. Please choose another.")
            )
            return None
        except (AmbiguousTime, ValueError, OverflowError):
            self.add_error("closes_on", _("This date is too far away."))
            return None
        now = timezone.now()
        if closes <= now:
            self.add_error("closes_on", _("This is over already. Please choose a later time."))
        if closes - now > LONGEST_OPEN:
            self.add_error("closes_on", _("A poll stays open for two years at most."))
        return closes

    def new_poll(self) -> NewPoll | None:
        """The poll that a valid form asks for."""
        data = self.cleaned_data
        if not data:
            return None
        return NewPoll(
            question=data["question"],
            options=data["options"],
            is_multiple=data["is_multiple"],
            is_anonymous=data["is_anonymous"],
            closes_at=data["closes"],
        )
