"""A partnership's own page: its purpose, and the organizations at its table."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from cohort import audit
from cohort.models import Cohort, Membership, Organization, Team


def free_slug(cohort: Cohort, name: str) -> str:
    """A slug for a new team of that name that no other team of the cohort has."""
    stem = slugify(name)[:70] or "team"
    taken = set(cohort.teams.filter(slug__startswith=stem).values_list("slug", flat=True))
    if stem not in taken:
        return stem
    return next(slug for n in range(2, 10_000) if (slug := f"{stem}-{n}") not in taken)


@transaction.atomic
def edit_team(*, team: Team, by: Membership, purpose: str, **fields: str) -> Team:
    """Keep what the team says of itself; a new purpose statement is dated."""
    team = Team.objects.select_for_update().get(pk=team.pk)
    if purpose != team.purpose:
        team.purpose = purpose
        team.purpose_on = timezone.localdate() if purpose else None
    for name, value in fields.items():
        setattr(team, name, value)
    team.save(update_fields=["purpose", "purpose_on", *fields])
    audit.record("team.edited", subject=team, actor=by, cohort=by.cohort)
    return team


def add_organization(*, team: Team, name: str, sector: str, by: Membership) -> Organization:
    """Bring a partner to the team's table; one that is there already is returned as it is."""
    try:
        with transaction.atomic():
            organization = Organization.objects.create(
                cohort_id=team.cohort_id, team=team, name=name, sector=sector
            )
            audit.record("organization.added", subject=organization, actor=by, cohort=by.cohort)
            return organization
    except IntegrityError:
        return Organization.objects.get(cohort_id=team.cohort_id, team=team, name__iexact=name)


@transaction.atomic
def remove_organization(*, organization: Organization, by: Membership) -> None:
    """Take a partner from the table; its people stay, without an organization."""
    audit.record("organization.removed", subject=organization, actor=by, cohort=by.cohort)
    organization.delete()
