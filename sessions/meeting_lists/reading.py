"""From the bytes of a meeting's list to its people, each once with all their minutes.

What is met: Zoom's usage and meeting reports, with and without the lines about the meeting, by
stay or by person; Meet's attendance report, first and last names apart; Teams' report in UTF-16
with tabs, whose second section has the people. Saved again by a spreadsheet, they have other
encodings and delimiters. The table of people is found by its columns, wherever it begins.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from cohort.addresses import canonical_address
from cohort.tables import UnreadableTable, clean_cell, decode
from sessions.meeting_lists.names import plain

MAX_BYTES = 2 * 1024 * 1024
MAX_LINES = 10_000
MAX_PEOPLE = 2_000
LONGEST_NAME = 120
LONGEST_STAY = 24 * 60  # minutes
# The lines about the meeting come before its people.
PREAMBLE = 60

COLUMNS = {
    "name": "name",
    "name (original name)": "name",
    "full name": "name",
    "participant": "name",
    "participant name": "name",
    "display name": "name",
    "first name": "first",
    "last name": "last",
    "email": "address",
    "e-mail": "address",
    "user email": "address",
    "email address": "address",
    "participant id (upn)": "upn",
    "duration": "stay",
    "duration (minutes)": "stay",
    "total duration (minutes)": "stay",
    "in-meeting duration": "stay",
    "minutes": "stay",
    "attendance duration": "stay",
    "time in call": "stay",
    "join time": "came",
    "first join": "came",
    "first join time": "came",
    "time joined": "came",
    "timestamp": "came",
    "in waiting room": "waits",
    "user action": "action",
}
_CLUES = {
    "name (original name)": "zoom",
    "user email": "zoom",
    "total duration (minutes)": "zoom",
    "in waiting room": "zoom",
    "time joined": "meet",
    "time exited": "meet",
    "first name": "meet",
    "participant id (upn)": "teams",
    "in-meeting duration": "teams",
    "full name": "teams",
    "user action": "teams",
}
_CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?")
_PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*(h|m|s)[a-z]*\.?", re.IGNORECASE)
_SECONDS = {"h": 3600, "m": 60, "s": 1}
_SECTION = re.compile(r"\d{1,2}\.\s+\D")


@dataclass(frozen=True)
class Participant:
    """Somebody as the list names them; `minutes` is None where it does not say how long."""

    name: str
    address: str
    minutes: int | None


@dataclass(frozen=True)
class _Stay:
    name: str
    address: str
    seconds: float | None


def read(content: bytes) -> tuple[str, list[Participant]]:
    """Which kind of list it is ("zoom", "meet", "teams", "other"), and its people in their order.

    Raises UnreadableTable, with words for whoever sent it.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableTable(_("This file is larger than 2 MB, which no meeting’s list needs."))
    text = decode(content).replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    if not text.strip():
        raise UnreadableTable(_("There is nothing in it."))
    columns, clue, lines = _table(text)
    people = _together(_stays(columns, lines))
    if not people:
        raise UnreadableTable(_("There is a table in it, and nobody in the table."))
    if len(people) > MAX_PEOPLE:
        raise UnreadableTable(
            _("There are more than %(n)d people in it. Please send it in parts.")
            % {"n": MAX_PEOPLE}
        )
    return clue, people


def _table(text: str) -> tuple[list[str], str, Iterator[list[str]]]:
    """The columns of the table of people, what they tell of its origin, and the lines below."""
    for delimiter in (",", "\t", ";"):
        lines = _lines(text, delimiter)
        for number, cells in enumerate(lines):
            headings = [" ".join(cell.strip().lower().split()) for cell in cells]
            columns = [COLUMNS.get(heading, "") for heading in headings]
            if _names_people(columns):
                clue = next((_CLUES[h] for h in headings if h in _CLUES), "other")
                return _once(columns), clue, lines
            if number >= PREAMBLE:
                break
    raise UnreadableTable(
        _(
            "There is no table of people in it. It should have a column Name and one of Email, "
            "Join time or Duration, as in the reports of Zoom, Google Meet and Microsoft Teams."
        )
    )


def _names_people(columns: Sequence[str]) -> bool:
    has_name = "name" in columns or "first" in columns
    return has_name and bool({"address", "stay", "came", "upn"} & set(columns))


def _once(columns: Sequence[str]) -> list[str]:
    """Of two columns of one meaning the first counts."""
    return [name if name not in columns[:n] else "" for n, name in enumerate(columns)]


def _lines(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, cells in enumerate(reader):
            if number > MAX_LINES:
                raise UnreadableTable(
                    _("There are more than %(n)d lines in it, which no meeting’s list needs.")
                    % {"n": MAX_LINES}
                )
            yield cells
    except csv.Error as error:
        raise UnreadableTable(
            _("Line %(line)d cannot be read as a table (%(error)s).")
            % {"line": reader.line_num, "error": error}
        ) from error


def _stays(columns: Sequence[str], lines: Iterator[list[str]]) -> Iterator[_Stay]:
    """Until the table ends: with an empty line below people, or where another section begins."""
    has_begun = False
    for cells in lines:
        if not any(cell.strip() for cell in cells):
            if has_begun:
                return
            continue
        if _SECTION.match(cells[0].strip()) and not any(cell.strip() for cell in cells[1:]):
            return
        has_begun = True
        row = {name: clean_cell(cell) for name, cell in zip(columns, cells, strict=False) if name}
        if stay := _stay(row):
            yield stay


def _stay(row: dict[str, str]) -> _Stay | None:
    name = row.get("name") or f"{row.get('first', '')} {row.get('last', '')}".strip()
    address = _address(row.get("address", "")) or _address(row.get("upn", ""))
    if not name and not address:
        return None
    if row.get("waits", "").lower() in ("yes", "true"):
        return _Stay(name[:LONGEST_NAME], address, 0.0)
    if row.get("action", "").lower().startswith("left"):
        return None
    seconds = _seconds(row["stay"]) if "stay" in row else None
    return _Stay(name[:LONGEST_NAME], address, seconds)


def _address(cell: str) -> str:
    address = canonical_address(cell)
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address


def _seconds(cell: str) -> float | None:
    """Of `93`, `1:33:02`, `1 hr 33 min`, `1h 33m 2s`; None for what says nothing."""
    cell = cell.strip()
    if re.fullmatch(r"\d{1,6}(?:[.,]\d{1,6})?", cell):
        return float(cell.replace(",", ".")) * 60
    if clock := _CLOCK.fullmatch(cell):
        first, second, third = clock.groups()
        if third is None:
            return int(first) * 60.0 + int(second)  # minutes and seconds
        return int(first) * 3600.0 + int(second) * 60 + int(third)
    parts = _PART.findall(cell[:60])
    if not parts:
        return None
    return sum(float(n[:9].replace(",", ".")) * _SECONDS[unit.lower()] for n, unit in parts)


def _together(stays: Iterator[_Stay]) -> list[Participant]:
    """Each person once. Whoever came again under the same name and no address is the same."""
    found: dict[str, list[_Stay]] = {}
    by_name: dict[str, set[str]] = {}
    for stay in stays:
        key = stay.address or f"name {plain(stay.name) or stay.name}"
        found.setdefault(key, []).append(stay)
        if stay.address:
            by_name.setdefault(plain(stay.name), set()).add(stay.address)
    for key in [key for key in found if key.startswith("name ")]:
        addresses = by_name.get(key.removeprefix("name "), set())
        if len(addresses) == 1:
            found[next(iter(addresses))] += found.pop(key)
    return [_participant(person) for person in found.values() if not _only_waited(person)]


def _only_waited(stays: Sequence[_Stay]) -> bool:
    return all(stay.seconds == 0 for stay in stays)


def _participant(stays: Sequence[_Stay]) -> Participant:
    known = [stay.seconds for stay in stays if stay.seconds is not None]
    minutes = min(round(sum(known) / 60), LONGEST_STAY) if known else None
    name = next((stay.name for stay in stays if stay.name), "")
    address = next((stay.address for stay in stays if stay.address), "")
    return Participant(name or address, address, minutes)
