"""Changing what a member is mailed."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from cohort.models import Membership
from notifications import wishes
from notifications.models import Choices, Rhythm, Way
from notifications.registry import EDITION

# Who takes the edition up again is told of the last week, not of all they did without.
LOOK_BACK = timedelta(days=7)


@transaction.atomic
def choose(*, member: Membership, **changes: Any) -> Choices:
    """Keep what a member chose: fields of `Choices`. Holds for mail that is waiting already."""
    choices = _locked(member)
    had = _timetable(choices)
    for name, value in changes.items():
        setattr(choices, name, value)
    if _timetable(choices) != had:
        choices.edition_set_at = timezone.now()
        if had[0] == Rhythm.NEVER:
            choices.edition_mark = max(
                choices.edition_mark or member.joined_at, timezone.now() - LOOK_BACK
            )
    choices.save()
    return choices


@transaction.atomic
def switch_off(*, member: Membership, topic: str, way: Way = Way.MAIL) -> Choices:
    """Stop a topic that way, or the edition, for one member; harmless when it is off already."""
    choices = _locked(member)
    if topic == EDITION:
        return choose(member=member, edition=Rhythm.NEVER)
    return _switch(choices, topic, way, on=False)


@transaction.atomic
def switch_on(*, member: Membership, topic: str, rhythm: str = Rhythm.WEEKLY) -> Choices:
    """Take it up again, the edition in the given rhythm; harmless when it is on already."""
    choices = _locked(member)
    if topic != EDITION:
        return _switch(choices, topic, Way.MAIL, on=True)
    if choices.edition != Rhythm.NEVER:
        return choices
    return choose(member=member, edition=rhythm)


def _switch(choices: Choices, topic: str, way: Way, *, on: bool) -> Choices:
    name = wishes.switch(topic, way)
    if wishes.is_default(topic, way) == on:
        switched = {*choices.switched} - {name}
    else:
        switched = {*choices.switched, name}
    return choose(member=choices.member, switched=sorted(switched))


def _locked(member: Membership) -> Choices:
    Choices.objects.get_or_create(member=member)
    return (
        Choices.objects.select_for_update(of=("self",)).select_related("member").get(pk=member.pk)
    )


def _timetable(choices: Choices) -> tuple[str, int, int]:
    return choices.edition, choices.edition_weekday, choices.edition_hour
