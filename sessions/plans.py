"""Plans of a year: from the bytes of a table to rows, each with what is wrong with it.

Nothing here asks about a cohort's sessions; what a row would change is said in services.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.utils.translation import gettext as _

from cohort.models import Theme
from cohort.tables import Layout, Record, UnreadableTable, records
from cohort.zones import AmbiguousTime, NoSuchTime, known_zones, to_utc, wall_words
from sessions.models import LearningSession

MAX_BYTES = 1024 * 1024
MAX_ROWS = 500
TITLE_LIMIT = 160
COLUMNS = ("title", "kind", "date", "start", "minutes", "timezone", "themes")
LAYOUT = Layout(
    COLUMNS,
    needed=("title", "date", "start"),
    aliases={
        "time zone": "timezone",
        "zone": "timezone",
        "tz": "timezone",
        "time": "start",
        "begins": "start",
        "length": "minutes",
        "duration": "minutes",
        "theme": "themes",
        "type": "kind",
    },
)
DEFAULT_MINUTES = 90
_TIME = re.compile(r"(\d{1,2})(?::(\d{2})(?::00)?)?\s*(am|pm)?")


@dataclass
class Row:
    """One session of a plan; `reasons` says in words why it cannot be used."""

    line: int
    title: str = ""
    kind: str = LearningSession.Kind.LEARNING_SESSION
    local_date: date | None = None
    local_time: time | None = None
    minutes: int = DEFAULT_MINUTES
    time_zone: str = ""
    themes: list[Theme] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, date | None]:
        return (self.title.casefold(), self.local_date)


def parse(content: bytes, *, default_zone: str, themes: list[Theme]) -> list[Row]:
    """The sessions of a plan in the order of the file. Raises UnreadableTable."""
    if len(content) > MAX_BYTES:
        raise UnreadableTable(_("This file is larger than 1 MB, which no plan of a year needs."))
    by_name = {theme.name.casefold(): theme for theme in themes}
    rows = [_row(record, default_zone, by_name) for record in records(content, LAYOUT)]
    if not rows:
        raise UnreadableTable(_("It has a first line with the columns, and no session below it."))
    if len(rows) > MAX_ROWS:
        raise UnreadableTable(_("There are more than 500 sessions in it."))
    _mark_doubles(rows)
    return rows


def _row(record: Record, default_zone: str, themes: dict[str, Theme]) -> Row:
    row = Row(record.line, reasons=list(record.reasons))
    clean = record.words
    row.title = _title(clean["title"], row)
    row.kind = _kind(clean["kind"], row)
    row.local_date = _date(clean["date"], row)
    row.local_time = _start(clean["start"], row)
    row.minutes = _minutes(clean["minutes"], row)
    row.time_zone = _zone(clean["timezone"] or default_zone, row)
    row.themes = _themes(clean["themes"], themes, row)
    _place_in_time(row)
    return row


def _title(cell: str, row: Row) -> str:
    if not cell:
        row.reasons.append(_("The title is missing."))
    if len(cell) > TITLE_LIMIT:
        row.reasons.append(_("The title is longer than 160 characters."))
    return cell


def _kind(cell: str, row: Row) -> str:
    wanted = cell.casefold().replace("_", " ").replace("-", " ")
    for kind in LearningSession.Kind:
        if wanted in ("", kind.value.replace("_", " "), str(kind.label).casefold()):
            return kind
    known = ", ".join(str(kind.label).lower() for kind in LearningSession.Kind)
    row.reasons.append(
        _("“%(cell)s” is no kind of session we know (%(known)s).")
        % {"cell": cell[:40], "known": known}
    )
    return LearningSession.Kind.LEARNING_SESSION


def _date(cell: str, row: Row) -> date | None:
    for pattern in ("%Y-%m-%d", "%m/%d/%Y"):
        try:
            return datetime.strptime(cell, pattern).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    row.reasons.append(_("“%(cell)s” is no date; write it like 2026-09-15.") % {"cell": cell[:40]})
    return None


def _start(cell: str, row: Row) -> time | None:
    match = _TIME.fullmatch(cell.lower().replace(".", ""))
    if match and (match[2] or match[3]):
        hour, minute = int(match[1]), int(match[2] or 0)
        if match[3] and 1 <= hour <= 12:
            hour = hour % 12 + (12 if match[3] == "pm" else 0)
        elif match[3]:
            hour = 24
        if hour < 24 and minute < 60:
            return time(hour, minute)
    row.reasons.append(_("“%(cell)s” is no time; write it like 13:00.") % {"cell": cell[:40]})
    return None


def _minutes(cell: str, row: Row) -> int:
    if not cell:
        return DEFAULT_MINUTES
    if cell.isascii() and cell.isdecimal() and 5 <= int(cell[:6]) <= 24 * 60:
        return int(cell)
    row.reasons.append(
        _("The length must be 5 to 1440 minutes, not “%(cell)s”.") % {"cell": cell[:40]}
    )
    return DEFAULT_MINUTES


def _zone(cell: str, row: Row) -> str:
    zones = {name.casefold(): name for name in known_zones()}
    if cell.casefold() in zones:
        return zones[cell.casefold()]
    row.reasons.append(
        _("“%(cell)s” is not a time zone we know; write it like America/Chicago.")
        % {"cell": cell[:40]}
    )
    return ""


def _themes(cell: str, themes: dict[str, Theme], row: Row) -> list[Theme]:
    found = []
    for name in filter(None, (part.strip() for part in re.split(r"[|;]", cell))):
        theme = themes.get(name.casefold())
        if theme is None:
            row.reasons.append(_("There is no theme “%(name)s”.") % {"name": name[:40]})
        elif theme not in found:
            found.append(theme)
    return found


def _place_in_time(row: Row) -> None:
    if row.local_date is None or row.local_time is None or not row.time_zone:
        return
    words = wall_words(row.local_date, row.local_time, row.time_zone)
    try:
        to_utc(row.local_date, row.local_time, row.time_zone)
    except NoSuchTime:
        row.reasons.append(
            _("%(time)s does not exist on %(date)s in %(zone)s: the clocks skip that hour.") % words
        )
    except AmbiguousTime:
        row.reasons.append(
            _("%(time)s comes twice on %(date)s in %(zone)s; plan this one on its page, which asks "
              "which of the two.") % words
        )  # fmt: skip
    except (ValueError, OverflowError):
        row.reasons.append(_("The date %(date)s is too far away.") % words)


def _mark_doubles(rows: list[Row]) -> None:
    first: dict[tuple[str, date | None], int] = {}
    for row in rows:
        if not row.title or row.local_date is None:
            continue
        if row.key in first:
            row.reasons.append(
                _("The same session is already on line %(line)d.") % {"line": first[row.key]}
            )
        else:
            first[row.key] = row.line
