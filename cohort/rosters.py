"""Rosters: from the bytes of a pasted or uploaded table to rows, each with what is wrong with it.

Nothing here knows the database.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from cohort.addresses import canonical_address
from cohort.models import Role, Sector, Team
from cohort.tables import Layout, Record, UnreadableTable, records
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
LAYOUT = Layout(
    COLUMNS,
    needed=("name", "email"),
    aliases={
        "time zone": "timezone",
        "tz": "timezone",
        "zone": "timezone",
        "e-mail": "email",
        "email address": "email",
        "address": "email",
        "organisation": "organization",
        "partnership": "team",
        "job title": "title",
    },
)
LONGEST = {
    "team": 120,
    "place": 120,
    "organization": 160,
    "name": 120,
    "email": 254,
    "title": 120,
}


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
    """The people of a roster in the order of the file. Raises UnreadableTable."""
    if len(content) > MAX_BYTES:
        raise UnreadableTable(_("This file is larger than 2 MB, which no roster needs."))
    rows: list[Row] = []
    for record in records(content, LAYOUT):
        if len(rows) == MAX_ROWS:
            raise UnreadableTable(
                _("There are more than %(limit)d people in it. Please send it in parts.")
                % {"limit": MAX_ROWS}
            )
        rows.append(_row(record))
    if not rows:
        raise UnreadableTable(_("It has a first line with the columns, and nobody below it."))
    return _mark_doubles(rows)


def _row(record: Record) -> Row:
    clean = record.words
    reasons = [*record.reasons, *_too_long(clean)]

    role = _role(clean["role"], reasons)
    row = Row(
        line=record.line,
        cells=record.cells,
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
