"""Time zones: which there are, and what a wall time means in one of them."""

from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext_lazy as _

US_ZONES = [
    ("America/New_York", _("Eastern (New York)")),
    ("America/Chicago", _("Central (Chicago)")),
    ("America/Denver", _("Mountain (Denver)")),
    ("America/Phoenix", _("Mountain without daylight saving (Phoenix)")),
    ("America/Los_Angeles", _("Pacific (Los Angeles)")),
    ("America/Anchorage", _("Alaska (Anchorage)")),
    ("Pacific/Honolulu", _("Hawaii (Honolulu)")),
    ("America/Puerto_Rico", _("Atlantic (Puerto Rico)")),
]


class NoSuchTime(ValueError):
    """The clocks skip this wall time on that day."""


class AmbiguousTime(ValueError):
    """The clocks show this wall time twice on that day."""


@cache
def known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def validate_zone(name: str) -> None:
    if name not in known_zones():
        raise ValidationError(_("“%(zone)s” is not a time zone we know."), params={"zone": name})


@cache
def zone_choices() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """Choices for a form, the United States first."""
    common = {name for name, _label in US_ZONES}
    others = sorted(
        name
        for name in known_zones()
        if name not in common and "/" in name and not name.startswith(("Etc/", "posix", "right"))
    )
    return [
        (_("United States"), [(name, label) for name, label in US_ZONES]),
        (_("Elsewhere"), [(name, name.replace("_", " ")) for name in others]),
    ]


def zone_label(zone: str) -> str:
    """A zone as forms offer it."""
    return str(dict(US_ZONES).get(zone, zone.replace("_", " ")))


def wall_words(day: date, wall: time, zone: str) -> dict[str, str]:
    """`time`, `date` and `zone` of a wall time as a sentence says them."""
    return {
        "time": time_format(wall, "g:i A"),
        "date": date_format(day, "F j, Y"),
        "zone": zone_label(zone),
    }


def to_utc(day: date, wall: time, zone: str, *, fold: int | None = None) -> datetime:
    """The UTC instant of a wall time in an IANA zone.

    Raises NoSuchTime for a time that daylight saving skips, and AmbiguousTime for one that
    comes twice while `fold` is None (0 means the first of the two, 1 the second; PEP 495).
    """
    tz = ZoneInfo(zone)
    first = datetime.combine(day, wall.replace(fold=0), tzinfo=tz)
    second = datetime.combine(day, wall.replace(fold=1), tzinfo=tz)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    if first.astimezone(UTC).astimezone(tz).replace(tzinfo=None) != first.replace(tzinfo=None):
        raise NoSuchTime(f"{day} {wall:%H:%M} does not exist in {zone}")
    if fold is None:
        raise AmbiguousTime(f"{day} {wall:%H:%M} comes twice in {zone}")
    return (second if fold else first).astimezone(UTC)
