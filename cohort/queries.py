"""Reads shaped for the people and teams pages."""

from datetime import datetime

from django.db.models import Count, Func, Prefetch, Q, QuerySet, TextField, Value

from cohort.models import Invitation, Membership, Organization, Role, Team
from cohort.models.year import MembershipQuerySet

# All that people are found by, in one text: five questions cost five times as much.
SAID = Func(
    Value(" "),
    "user__name",
    "user__title",
    "organization__name",
    "user__can_help_with",
    "user__looking_for_help_with",
    function="concat_ws",
    output_field=TextField(),
)


def search_people(
    people: MembershipQuerySet,
    *,
    q: str = "",
    team: Team | None = None,
    sector: str = "",
    role: str = "",
    state: str = "",
) -> MembershipQuerySet:
    """The people whose name, title, organization or offers hold every word, and who fit."""
    for word in q.split()[:8]:
        people = people.alias(said=SAID)
        people = people.filter(said__unaccent__icontains=word)
    if team:
        people = people.filter(team=team)
    if sector:
        people = people.filter(organization__sector=sector)
    if role:
        people = people.filter(role=role)
    if state:
        people = people.filter(team__state=state)
    return people


def teams_for_list(member: Membership) -> QuerySet[Team]:
    """The cohort's teams, each with how many people and organizations it has."""
    return Team.objects.filter(cohort_id=member.cohort_id).annotate(
        people=Count(
            "memberships",
            filter=Q(memberships__left_at=None, memberships__user__is_active=True),
            distinct=True,
        ),
        partners=Count("organizations", distinct=True),
    )


def team_people(team: Team) -> MembershipQuerySet:
    """A team's people, its leads first."""
    return (
        Membership.objects.active()
        .filter(team=team)
        .with_people()
        .annotate(is_lead=Q(role=Role.TEAM_LEAD))
        .order_by("-is_lead", "user__name", "pk")
    )


def organizations_of(team: Team) -> QuerySet[Organization]:
    at_the_table = Membership.objects.active().select_related("user")
    return team.organizations.order_by("sector", "name").prefetch_related(
        Prefetch("memberships", queryset=at_the_table)
    )


def open_invitations(team: Team) -> QuerySet[Invitation]:
    return Invitation.objects.open().filter(team=team).order_by("email")


def expiring_invitations(member: Membership, until: datetime) -> QuerySet[Invitation]:
    """Open invitations of the cohort that run out, or ran out, before `until`."""
    return (
        Invitation.objects.open()
        .filter(cohort_id=member.cohort_id, expires_at__lt=until)
        .select_related("team")
        .order_by("expires_at", "pk")
    )


def latest_membership(user_pk: int) -> Membership | None:
    """The cohort a person was in last: where their own pages show the way back to."""
    return (
        Membership.objects.active()
        .filter(user_id=user_pk)
        .select_related("cohort", "user", "team", "organization")
        .order_by("-last_seen_at", "-pk")
        .first()
    )
