"""Built in on every page: times in the reader's zone, people, excerpts."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohort.richtext import excerpt as cut

register = template.Library()


def _wall(moment: datetime, zone: ZoneInfo | None = None) -> datetime:
    return moment.astimezone(zone) if zone else timezone.localtime(moment)


@register.simple_tag
def when(moment: datetime, style: str = "full") -> SafeString:
    """A moment in the reader's zone, with the zone's abbreviation wherever a time shows.

    Styles: full (Tue, Nov 17, 2026, 1:00 PM EST), short (Nov 17, 1:00 PM EST), day (Tue, Nov 17),
    date (Nov 17, 2026), time (1:00 PM EST).
    """
    return format_html(
        '<time datetime="{}">{}</time>', moment.isoformat(), when_text(moment, style)
    )


FORMATS = {
    "full": "D, N j, Y, g:i A T",
    "short": "N j, g:i A T",
    "day": "D, N j",
    "date": "N j, Y",
    "time": "g:i A T",
}


def when_text(moment: datetime, style: str = "full", zone: ZoneInfo | None = None) -> str:
    """The words of `when`, also for mails and files, in `zone` or the active one."""
    wall = _wall(moment, zone)
    return formats.date_format(wall, FORMATS[style])


@register.simple_tag
def also_in(moment: datetime, zone: str) -> str:
    """The same moment in a session's own zone, or nothing where the reader's reads the same."""
    there = moment.astimezone(ZoneInfo(zone))
    if there.utcoffset() == timezone.localtime(moment).utcoffset():
        return ""
    return when_text(moment, "time", ZoneInfo(zone))


@register.filter
def ago(moment: datetime | None) -> SafeString | str:
    """How long ago, in a word or two; the exact moment on hovering."""
    if moment is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        when_text(moment),
        ago_text(moment, timezone.now()),
    )


def ago_text(moment: datetime, now: datetime) -> str:
    """The words of `ago`, also for mails and for lists that make them once a page."""
    gone = now - moment
    if gone < timedelta(minutes=1):
        return _("just now")
    if gone < timedelta(hours=1):
        minutes = int(gone.total_seconds() // 60)
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    if gone < timedelta(hours=24):
        hours = int(gone.total_seconds() // 3600)
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    if gone < timedelta(days=14):
        days = gone.days
        return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}
    style = "M j" if _wall(moment).year == _wall(now).year else "N j, Y"
    return formats.date_format(_wall(moment), style)


@register.filter
def until(moment: datetime) -> str:
    """How long until a moment: "in 3 days"; "now" once it has come."""
    left = moment - timezone.now()
    if left <= timedelta(0):
        return _("now")
    if left < timedelta(hours=1):
        minutes = max(1, round(left.total_seconds() / 60))
        return ngettext("in %(n)d minute", "in %(n)d minutes", minutes) % {"n": minutes}
    if left < timedelta(hours=36):
        hours = round(left.total_seconds() / 3600)
        return ngettext("in %(n)d hour", "in %(n)d hours", hours) % {"n": hours}
    days = round(left.total_seconds() / 86400)
    return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}


@register.filter
def excerpt(text: str, length: int = 160) -> str:
    return cut(text, length)


@register.filter
def initials(name: str) -> str:
    """Up to two letters for a picture that is not there."""
    words = [word for word in str(name).split() if word[:1].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.filter
def hue(key: Any) -> int:
    """A number from 0 to 7 that always goes with the same row, for the color of its initials."""
    return int(getattr(key, "pk", key) or 0) % 8
