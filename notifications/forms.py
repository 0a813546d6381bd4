from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership
from notifications import registry, wishes
from notifications.models import Choices, Rhythm, Way
from notifications.schedule import hour_name, weekday_name


class ChoicesForm(forms.ModelForm):
    """What one member wants to be mailed from one cohort."""

    class Meta:
        model = Choices
        fields = ["edition", "edition_weekday", "edition_hour"]
        labels = {"edition": _("The edition")}
        widgets = {"edition": forms.RadioSelect}

    edition_weekday = forms.TypedChoiceField(
        label=_("On"), coerce=int, choices=lambda: [(day, weekday_name(day)) for day in range(7)]
    )
    edition_hour = forms.TypedChoiceField(
        label=_("At"), coerce=int, choices=lambda: [(hour, hour_name(hour)) for hour in range(24)]
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", f"m{member.pk}")
        super().__init__(*args, **kwargs)
        self.member = member
        self.fields["edition"].choices = Rhythm.choices  # type: ignore[attr-defined]
        for topic in switchable():
            self.fields[topic.name] = forms.BooleanField(
                label=topic.label,
                help_text=topic.description,
                required=False,
                initial=wishes.wants(self.instance, topic.name),
            )

    @property
    def zone_name(self) -> str:
        return self.member.user.time_zone.replace("_", " ")

    @property
    def rhythm_fields(self) -> list[forms.BoundField]:
        return [self["edition_weekday"], self["edition_hour"]]

    @property
    def topic_fields(self) -> list[forms.BoundField]:
        return [self[topic.name] for topic in switchable()]

    @property
    def switched(self) -> list[str]:
        """What differs from the defaults; of a topic that is not registered today, as it was."""
        mine = {wishes.switch(topic.name, Way.MAIL): topic.name for topic in switchable()}
        kept = [name for name in self.instance.switched if name not in mine]
        return [
            *kept,
            *(
                name
                for name, topic in mine.items()
                if self.cleaned_data[topic] != wishes.is_default(topic, Way.MAIL)
            ),
        ]


def switchable() -> list[registry.Topic]:
    """Topics with a plain switch; the edition has its rhythm instead."""
    return [topic for topic in registry.topics.values() if topic.name != registry.EDITION]
