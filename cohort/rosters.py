"""Rosters: from the bytes of a pasted or uploaded table to rows, each with what is wrong with it.

Nothing here knows the database. Spreadsheets are met as they come: with a byte-order mark, in
UTF-8, UTF-16 or Windows-1252, with commas, semicolons or tabs, any case in the header, any kind
of line ending, and empty lines at the end.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from cohort.addresses import canonical_address
from cohort.csvs import looks_like_formula
from cohort.models import Role, Sector, Team
from cohort.zones import known_zones

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 2000
COLUMNS = (
    "team",
    "place",
    "state",
    "setting",
    "organization",
    "sector",
    "name",
    "email",
    "title",
    "role",
    "timezone",
)
NEEDED = ("name", "email")
ALIASES = {
    "time zone": "timezone",
    "tz": "timezone",
    "zone": "timezone",
    "e-mail": "email",
    "email address": "email",
    "address": "email",
    "organisation": "organization",
    "partnership": "team",
    "job title": "title",
}
LONGEST = {
    "team": 120,
    "place": 120,
    "organization": 160,
    "name": 120,
    "email": 254,
    "title": 120,
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class UnreadableRoster(ValueError):
    """The whole file cannot be used; the message says why, in words."""


@dataclass(frozen=True)
class Row:
    """One person of a roster, cleaned; `reasons` says in words why it cannot be used."""

    line: int
    cells: dict[str, str]
    team: str = ""
    place: str = ""
    state: str = ""
    setting: str = ""
    organization: str = ""
    sector: str = ""
    name: str = ""
    email: str = ""
    title: str = ""
    role: str = Role.MEMBER
    time_zone: str = ""
    reasons: tuple[str, ...] = ()

    @property
    def role_label(self) -> str:
        return str(Role(self.role).label)


def parse(content: bytes) -> list[Row]:
    """The people of a roster in the order of the file. Raises UnreadableRoster."""
    if len(content) > MAX_BYTES:
        raise UnreadableRoster(_("This file is larger than 2 MB, which no roster needs."))
    text = decode(content)
    if not text.strip():
        raise UnreadableRoster(_("There is nothing in it."))
    lines = _lines(text)
    columns = _columns(next(lines, (0, []))[1])
    rows: list[Row] = []
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) == MAX_ROWS:
            raise UnreadableRoster(
                _("There are more than %(limit)d people in it. Please send it in parts.")
                % {"limit": MAX_ROWS}
            )
        rows.append(_row(number, columns, cells))
    if not rows:
        raise UnreadableRoster(_("It has a first line with the columns, and nobody below it."))
    return _mark_doubles(rows)


def decode(content: bytes) -> str:
    """Text from bytes as spreadsheets write them, in Unicode's composed form (NFC)."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in content[:200]:
        encodings = ["utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return unicodedata.normalize("NFC", content.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise UnreadableRoster(
        _("We cannot read this file as text. Please save it as “CSV UTF-8” and try again.")
    )


def _lines(text: str) -> Any:
    """(line number, cells) of each record, the header first."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\n\ufeff")
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise UnreadableRoster(
            _("Line %(line)d cannot be read as a table (%(error)s).")
            % {"line": reader.line_num, "error": error}
        ) from error


def _delimiter(text: str) -> str:
    header = text.split("\n", 1)[0]
    return max((",", ";", "\t"), key=header.count)


def _columns(header: list[str]) -> list[str]:
    columns = [_column(cell) for cell in header]
    if missing := [name for name in NEEDED if name not in columns]:
        raise UnreadableRoster(
            _(
                "The first line must name the columns, and there is none called %(missing)s. "
                "We know: %(known)s."
            )
            % {"missing": _(" and ").join(missing), "known": ", ".join(COLUMNS)}
        )
    known = [column for column in columns if column]
    if doubled := sorted({column for column in known if known.count(column) > 1}):
        raise UnreadableRoster(
            _("There are two columns called %(name)s.") % {"name": ", ".join(doubled)}
        )
    return columns


def _column(cell: str) -> str:
    """The name we know a column by, or nothing for one we do not use."""
    name = " ".join(cell.replace("_", " ").split()).lower()
    name = ALIASES.get(name, name)
    return name if name in COLUMNS else ""


def _row(number: int, columns: list[str], cells: list[str]) -> Row:
    raw = dict.fromkeys(COLUMNS, "")
    raw.update({name: cell for name, cell in zip(columns, cells, strict=False) if name})
    reasons: list[str] = []
    if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
        reasons.append(_("There are more cells than columns."))
    reasons += _unsafe(raw)
    clean = {name: " ".join(_CONTROL.sub(" ", cell).split()) for name, cell in raw.items()}
    reasons += _too_long(clean)

    role = _role(clean["role"], reasons)
    row = Row(
        line=number,
        cells=raw,
        team=clean["team"],
        place=clean["place"],
        state=_state(clean["state"], reasons),
        setting=_setting(clean["setting"], reasons),
        organization=clean["organization"],
        sector=_sector(clean["sector"], reasons),
        name=clean["name"],
        email=_address(clean["email"], reasons),
        title=clean["title"],
        role=role,
        time_zone=_zone(clean["timezone"], reasons),
    )
    if not row.name:
        reasons.append(_("The name is missing."))
    reasons += _belonging(row, has_sector=bool(clean["sector"]))
    if row.organization and not row.sector and role == Role.FACILITATOR:
        row = replace(row, sector=Sector.NONPROFIT)
    return replace(row, reasons=tuple(reasons))


def _unsafe(raw: dict[str, str]) -> list[str]:
    reasons = []
    for name, cell in raw.items():
        if looks_like_formula(cell) or looks_like_formula(cell.strip()):
            reasons.append(
                _("The %(column)s begins like a formula: “%(cell)s”.")
                % {"column": name, "cell": cell.strip()[:40]}
            )
        elif _CONTROL.search(cell.strip()):
            reasons.append(
                _("The %(column)s has a line break or another control character in it.")
                % {"column": name}
            )
    return reasons


def _too_long(clean: dict[str, str]) -> list[str]:
    return [
        _("The %(column)s is longer than %(limit)d characters.") % {"column": name, "limit": limit}
        for name, limit in LONGEST.items()
        if len(clean[name]) > limit
    ]


def _belonging(row: Row, *, has_sector: bool) -> Iterable[str]:
    in_team = row.role in (Role.MEMBER, Role.TEAM_LEAD)
    if in_team and not row.team:
        yield _("The team is missing.")
    if not in_team and row.team:
        yield _("Facilitators and observers belong to no team.")
    if in_team and row.organization and not has_sector:
        yield _("The sector of the organization is missing.")
    if row.role == Role.OBSERVER and row.organization and not has_sector:
        yield _("The sector of the organization is missing.")
    if row.sector and not row.organization:
        yield _("There is a sector, and no organization that it belongs to.")


def _address(cell: str, reasons: list[str]) -> str:
    if not cell:
        reasons.append(_("The address is missing."))
        return ""
    address = canonical_address(cell)
    try:
        validate_email(address)
    except ValidationError:
        reasons.append(_("“%(cell)s” is not a mail address.") % {"cell": cell[:80]})
    return address


def _plain(word: str) -> str:
    return " ".join(word.replace("’", "'").replace("_", " ").split()).lower()


_SECTORS = {
    **{_plain(str(sector.value)): sector for sector in Sector},
    **{_plain(str(sector.label)): sector for sector in Sector},
    "higher education": Sector.HIGHER_EDUCATION,
    "nonprofit organization": Sector.NONPROFIT,
    "nonprofit organisation": Sector.NONPROFIT,
    "non-profit": Sector.NONPROFIT,
    "employer": Sector.INDUSTRY,
    "industry partner": Sector.INDUSTRY,
    "backbone": Sector.BACKBONE,
    "backbone support organisation": Sector.BACKBONE,
    "chamber of commerce": Sector.CHAMBER,
    "district": Sector.SCHOOL_DISTRICT,
}
_ROLES = {
    **{_plain(role.value): role for role in Role},
    "": Role.MEMBER,
    "lead": Role.TEAM_LEAD,
    "teamlead": Role.TEAM_LEAD,
}
_ZONES = {zone.lower(): zone for zone in known_zones()}


def _sector(cell: str, reasons: list[str]) -> str:
    if not cell:
        return ""
    sector = _SECTORS.get(_plain(cell))
    if sector is None:
        reasons.append(_("We know no sector called “%(cell)s”.") % {"cell": cell[:80]})
        return ""
    return sector.value


def _role(cell: str, reasons: list[str]) -> str:
    role = _ROLES.get(_plain(cell))
    if role is None:
        reasons.append(_("We know no role called “%(cell)s”.") % {"cell": cell[:80]})
        return Role.MEMBER.value
    return role.value


def _zone(cell: str, reasons: list[str]) -> str:
    if not cell:
        return ""
    zone = _ZONES.get(cell.replace(" ", "_").lower())
    if zone is None:
        reasons.append(
            _("“%(cell)s” is not a time zone we know; they look like America/Chicago.")
            % {"cell": cell[:80]}
        )
        return ""
    return zone


def _state(cell: str, reasons: list[str]) -> str:
    if cell and not re.fullmatch(r"[A-Za-z]{2}", cell):
        reasons.append(
            _("The state must be its two letters, not “%(cell)s”.") % {"cell": cell[:80]}
        )
        return ""
    return cell.upper()


def _setting(cell: str, reasons: list[str]) -> str:
    if cell and cell.lower() not in Team.Setting.values:
        reasons.append(
            _("The setting must be urban, suburban or rural, not “%(cell)s”.") % {"cell": cell[:80]}
        )
        return ""
    return cell.lower()


def _mark_doubles(rows: list[Row]) -> list[Row]:
    """Whoever comes twice counts once: the first usable line stands."""
    first: dict[str, int] = {}
    marked = []
    for row in rows:
        if row.email and row.email in first:
            reason = _("The same address is already on line %(line)d.") % {"line": first[row.email]}
            row = replace(row, reasons=(*row.reasons, reason))
        elif row.email and not row.reasons:
            first[row.email] = row.line
        marked.append(row)
    return marked
