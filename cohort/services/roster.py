"""What a roster would change, and changing it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohort import audit, events
from cohort.models import (
    Cohort,
    Invitation,
    Membership,
    Organization,
    Role,
    RosterImport,
    Team,
    User,
)
from cohort.models.imports import KEPT_FOR
from cohort.rosters import Row, parse
from cohort.services.invitations import invite
from cohort.services.teams import free_slug
from cohort.tables import Verdict


@dataclass(frozen=True)
class Line:
    """One row of a roster, and what would become of it."""

    row: Row
    verdict: Verdict
    reasons: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        return " ".join(self.reasons)


@dataclass(frozen=True)
class Outlook:
    """All of a roster, and what applying it would make."""

    lines: list[Line]
    new_teams: list[str] = field(default_factory=list)
    new_organizations: list[str] = field(default_factory=list)

    def having(self, verdict: Verdict) -> list[Line]:
        return [line for line in self.lines if line.verdict is verdict]

    @property
    def new(self) -> list[Line]:
        return self.having(Verdict.NEW)

    @property
    def known(self) -> list[Line]:
        return self.having(Verdict.KNOWN)

    @property
    def refused(self) -> list[Line]:
        return self.having(Verdict.REFUSED)


class _Known:
    """What the cohort holds already, read once, with few queries for any number of rows."""

    def __init__(self, cohort: Cohort, addresses: set[str]) -> None:
        self.teams = {team.name.lower(): team for team in cohort.teams.all()}
        self.organizations = {
            (one.team_id, one.name.lower()): one
            for one in Organization.objects.filter(cohort=cohort)
        }
        owners = dict(
            EmailAddress.objects.filter(email__in=addresses, verified=True).values_list(
                "email", "user_id"
            )
        )
        owners |= dict(User.objects.filter(email__in=addresses).values_list("email", "pk"))
        self.owners = owners
        self.inactive = set(
            User.objects.filter(pk__in=owners.values(), is_active=False).values_list(
                "pk", flat=True
            )
        )
        self.members = {
            member.user_id: member
            for member in Membership.objects.filter(
                cohort=cohort, user__in=owners.values()
            ).select_related("user", "team", "organization")
        }
        # The latest invitation of an address tells how things stand with it.
        self.invitations = {
            invitation.email: invitation
            for invitation in Invitation.objects.filter(cohort=cohort, email__in=addresses)
            .select_related("team", "organization")
            .order_by("created_at", "pk")
        }


def foresee(cohort: Cohort, rows: Iterable[Row]) -> Outlook:
    """What applying these rows would do, row by row. Changes nothing."""
    rows = list(rows)
    known = _Known(cohort, {row.email for row in rows if row.email})
    lines = [_judge(row, known) for row in rows]
    good = [line.row for line in lines if line.verdict is Verdict.NEW]
    teams = {row.team.lower(): row.team for row in good if row.team}
    organizations = {
        (row.team.lower(), row.organization.lower()): row.organization
        for row in good
        if row.organization
    }
    return Outlook(
        lines=lines,
        new_teams=[name for key, name in teams.items() if key not in known.teams],
        new_organizations=[
            name for key, name in organizations.items() if not _is_there(key, known)
        ],
    )


def _is_there(key: tuple[str, str], known: _Known) -> bool:
    team_name, name = key
    team = known.teams.get(team_name)
    if team_name and team is None:
        return False
    return (team.pk if team else None, name) in known.organizations


def _judge(row: Row, known: _Known) -> Line:
    if row.reasons:
        return Line(row, Verdict.REFUSED, row.reasons)
    owner = known.owners.get(row.email)
    if owner in known.inactive:
        return Line(
            row,
            Verdict.REFUSED,
            (_("The account of this address was deactivated by the site's staff."),),
        )
    member = known.members.get(owner) if owner else None
    if member and member.left_at:
        return Line(
            row, Verdict.KNOWN, (_("Was a member and left; the roster page can restore them."),)
        )
    if member:
        reasons = (_("Is a member already."), *_differences(row, member, member.user.name))
        return Line(row, Verdict.KNOWN, reasons)
    invitation = known.invitations.get(row.email)
    if invitation:
        return Line(row, Verdict.KNOWN, _standing(row, invitation))
    return Line(row, Verdict.NEW, tuple(_notes(row, known)))


def _standing(row: Row, invitation: Invitation) -> tuple[str, ...]:
    words = {
        Invitation.Status.WAITING: _("Is invited already."),
        Invitation.Status.EXPIRED: _("Was invited; the invitation expired and can be resent."),
        Invitation.Status.REVOKED: _("The invitation was revoked; invite by hand to ask again."),
        Invitation.Status.ACCEPTED: _("Has accepted an invitation already."),
    }[invitation.status]
    return (words, *_differences(row, invitation, invitation.name))


def _differences(row: Row, there: Membership | Invitation, name: str) -> Iterable[str]:
    """What the file says otherwise; the platform keeps what it has."""
    pairs = (
        (_("name"), row.name, name),
        (_("role"), Role(row.role).label, Role(there.role).label),
        (_("team"), row.team, str(there.team or "")),
        (
            _("organization"),
            row.organization,
            there.organization.name if there.organization else "",
        ),
    )
    for label, said, kept in pairs:
        if said and str(said).lower() != str(kept).lower():
            yield _("The file says %(label)s “%(said)s”; “%(kept)s” stays.") % {
                "label": label,
                "said": said,
                "kept": kept or "—",
            }


def _notes(row: Row, known: _Known) -> Iterable[str]:
    team = known.teams.get(row.team.lower())
    organization = known.organizations.get((team.pk if team else None, row.organization.lower()))
    if row.team and team and row.place and team.place and row.place.lower() != team.place.lower():
        yield _("%(team)s stays in %(place)s.") % {"team": team.name, "place": team.place}
    if organization and row.sector and organization.sector != row.sector:
        yield _("%(organization)s stays in its sector, %(sector)s.") % {
            "organization": organization.name,
            "sector": organization.get_sector_display(),
        }


def keep(*, cohort: Cohort, by: Membership, content: bytes) -> RosterImport:
    """Put a roster aside until it is confirmed. What is older than a week is thrown away."""
    parse(content)
    RosterImport.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return RosterImport.objects.create(cohort=cohort, by=by, content=content)


@transaction.atomic
def apply(*, cohort: Cohort, content: bytes, by: Membership | None) -> Outlook:
    """Invite everybody who is new, with their teams and organizations, or nobody at all.

    Judged once more under the cohort's row lock, so that two of these at once, or the same file
    twice, invite each person once. Returns what was done. Raises UnreadableTable.
    """
    cohort = Cohort.objects.select_for_update().get(pk=cohort.pk)
    outlook = foresee(cohort, parse(content))
    maker = _Maker(cohort)
    for line in outlook.new:
        row = line.row
        team = maker.team(row)
        invite(
            cohort=cohort,
            email=row.email,
            by=by,
            role=row.role,
            team=team,
            organization=maker.organization(row, team),
            name=row.name,
            title=row.title,
            time_zone=row.time_zone,
        )
    if outlook.new:
        audit.record(
            "roster.imported",
            subject=cohort,
            actor=by,
            cohort=cohort,
            invited=len(outlook.new),
            refused=len(outlook.refused),
        )
    return outlook


@transaction.atomic
def apply_kept(*, kept: RosterImport, by: Membership) -> Outlook | None:
    """Apply a roster that was put aside, once; None for one that was applied already."""
    kept = RosterImport.objects.select_for_update(of=("self",)).get(pk=kept.pk)
    if kept.applied_at:
        return None
    outlook = apply(cohort=by.cohort, content=bytes(kept.content), by=by)
    kept.applied_at = timezone.now()
    kept.invited = len(outlook.new)
    kept.save(update_fields=["applied_at", "invited"])
    return outlook


class _Maker:
    """Finds or makes the teams and organizations of the rows."""

    def __init__(self, cohort: Cohort) -> None:
        self.cohort = cohort
        self.teams = {team.name.lower(): team for team in cohort.teams.all()}
        self.organizations = {
            (one.team_id, one.name.lower()): one
            for one in Organization.objects.filter(cohort=cohort)
        }

    def team(self, row: Row) -> Team | None:
        if not row.team:
            return None
        key = row.team.lower()
        if key not in self.teams:
            self.teams[key] = Team.objects.create(
                cohort=self.cohort,
                slug=free_slug(self.cohort, row.team),
                name=row.team,
                place=row.place,
                state=row.state,
                setting=row.setting,
            )
            events.team_created(self.teams[key])
        return self.teams[key]

    def organization(self, row: Row, team: Team | None) -> Organization | None:
        if not row.organization:
            return None
        key = (team.pk if team else None, row.organization.lower())
        if key not in self.organizations:
            self.organizations[key] = Organization.objects.create(
                cohort=self.cohort, team=team, name=row.organization, sector=row.sector
            )
        return self.organizations[key]
