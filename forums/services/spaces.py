from django.db import transaction

from cohort.models import Audience, Cohort, Team
from forums.models import Space

# Team rooms stand between the commons and the facilitators' own.
COMMONS, TEAMS, FACILITATORS = 0, 10, 20


@transaction.atomic
def open_spaces(cohort: Cohort) -> None:
    """Give a cohort the spaces it begins with; those that are there stay as they are."""
    Space.objects.get_or_create(
        cohort=cohort,
        slug="commons",
        defaults={
            "name": "Commons",
            "description": "The whole cohort: questions, wins, and what you are working on.",
            "position": COMMONS,
        },
    )
    Space.objects.get_or_create(
        cohort=cohort,
        slug="facilitators",
        defaults={
            "name": "Facilitators",
            "description": "Among those who run the year.",
            "audience": Audience.FACILITATORS,
            "position": FACILITATORS,
        },
    )
    for team in cohort.teams.all():
        ensure_team_space(team)


def ensure_team_space(team: Team) -> Space:
    """The team's private room; opened when it is not there yet."""
    taken = Space.objects.filter(cohort_id=team.cohort_id, slug=team.slug).exclude(team=team)
    space, _opened = Space.objects.get_or_create(
        team=team,
        audience=Audience.TEAM,
        defaults={
            "cohort_id": team.cohort_id,
            "slug": f"team-{team.pk}" if taken.exists() else team.slug,
            "name": team.name,
            "description": "Your team and the facilitators. Nobody else reads here.",
            "position": TEAMS,
        },
    )
    return space
