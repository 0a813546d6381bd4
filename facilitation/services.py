from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

from cohort import audit
from cohort.models import Membership
from facilitation.queries import RosterRow, roster_keys, roster_rows

HEADER = (
    "name",
    "email",
    "title",
    "role",
    "team",
    "place",
    "state",
    "organization",
    "sector",
    "timezone",
    "status",
    "joined",
    "last seen",
)


@transaction.atomic
def export_roster(
    *, by: Membership, chosen: dict[str, Any]
) -> tuple[tuple[str, ...], Iterator[list[Any]]]:
    """The roster as filtered, header and rows; leaves an audit row that says how many."""
    rows = roster_rows(roster_keys(by, timezone.now(), chosen))
    audit.record(
        "roster.exported",
        subject=by.cohort,
        actor=by,
        cohort=by.cohort,
        people=len(rows),
        filters={name: str(value) for name, value in chosen.items()},
    )
    return HEADER, (_cells(row) for row in rows)


def _cells(row: RosterRow) -> list[Any]:
    member, invitation = row.member, row.invitation
    person = member.user if member else invitation
    assert person is not None  # noqa: S101 (a row is the one or the other)
    return [
        row.name,
        row.address,
        person.title,
        row.role_label,
        row.team.name if row.team else "",
        row.team.place if row.team else "",
        row.team.state if row.team else "",
        row.organization.name if row.organization else "",
        row.organization.get_sector_display() if row.organization else "",
        person.time_zone,
        row.state_label,
        member.joined_at.date() if member else "",
        member.last_seen_at.date() if member and member.last_seen_at else "",
    ]
