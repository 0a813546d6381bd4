"""Whom one can name with an @ in a space."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat
from django.urls import reverse
from django.utils.translation import ngettext

from cohort.models import Audience, Membership, Team
from forums.models import Space

MOST_NAMES = 8
MOST_TEAMS = 3


@dataclass(frozen=True)
class Name:
    name: str
    detail: str
    url: str
    kind: str  # person or team


def mentionable_teams(space: Space) -> QuerySet[Team]:
    """Any team where the whole cohort reads, the one team where only it does."""
    teams = Team.objects.filter(cohort_id=space.cohort_id)
    if space.audience == Audience.COHORT:
        return teams
    return teams.filter(pk=space.team_id or 0)


def names_like(q: str, space: Space, member: Membership) -> list[Name]:
    """Teams and people a word of whose name begins like `q`, one's own team's first."""
    slug = member.cohort.slug
    teams = mentionable_teams(space).annotate(
        people=Count("memberships", filter=Q(memberships__in=space.readers()), distinct=True)
    )
    people = space.readers().exclude(pk=member.pk).select_related("user", "team", "organization")
    found = [
        Name(
            name=team.name,
            detail=ngettext("%(n)s person", "%(n)s people", team.people) % {"n": team.people},
            url=reverse("cohort:team_detail", args=[slug, team.slug]),
            kind="team",
        )
        for team in _beginning(teams, "name", q).filter(people__gt=0).order_by("name")[:MOST_TEAMS]
    ]
    found += [
        Name(
            name=person.user.name,
            detail=str(person.organization or person.team or ""),
            url=reverse("cohort:person_detail", args=[slug, person.pk]),
            kind="person",
        )
        for person in _beginning(people, "user__name", q)
        .exclude(user__name="")
        .annotate(is_near=Coalesce(Q(team=member.team_id), False))
        .order_by("-is_near", "user__name", "pk")[:MOST_NAMES]
    ]
    return found[:MOST_NAMES]


def _beginning(rows: QuerySet, field: str, q: str) -> QuerySet:
    """Those where a word of the name begins like `q`, whatever its accents and case."""
    spaced = rows.annotate(spaced=Concat(Value(" "), field))
    return spaced.filter(spaced__unaccent__icontains=f" {' '.join(q.split())}") if q else rows
